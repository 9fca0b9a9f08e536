-- Tables of the gym chain; gym_database.py fills them.
CREATE TABLE club (
  club_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, city TEXT NOT NULL, region TEXT NOT NULL,
  opened_on DATE NOT NULL, closed_on DATE, floor_area_sqm INTEGER NOT NULL,
  monthly_rent DECIMAL(10, 2) NOT NULL);
CREATE TABLE staff (
  staff_id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  job_title TEXT NOT NULL, club_id INTEGER NOT NULL REFERENCES club (club_id),
  manager_id INTEGER REFERENCES staff (staff_id), hired_on DATE NOT NULL, left_on DATE,
  hourly_wage DECIMAL(6, 2) NOT NULL);
CREATE TABLE member (
  member_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL UNIQUE, email TEXT,
  birth_date DATE NOT NULL, home_club_id INTEGER NOT NULL REFERENCES club (club_id),
  joined_on DATE NOT NULL,
  -- the member who brought this one
  referred_by INTEGER REFERENCES member (member_id),
  -- set when the member asked to be erased
  deleted_at DATETIME);
CREATE TABLE membership_plan (
  plan_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, monthly_price DECIMAL(6, 2) NOT NULL,
  minimum_months INTEGER NOT NULL, includes_classes INTEGER NOT NULL);
CREATE TABLE membership (
  membership_id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES member (member_id),
  plan_id INTEGER NOT NULL REFERENCES membership_plan (plan_id), start_date DATE NOT NULL,
  end_date DATE,
  status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'cancelled', 'expired')),
  cancellation_reason TEXT);
CREATE TABLE payment (
  payment_id INTEGER PRIMARY KEY,
  membership_id INTEGER NOT NULL REFERENCES membership (membership_id),
  amount_cents INTEGER NOT NULL, paid_on DATE NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('card', 'direct debit', 'cash')),
  status TEXT NOT NULL CHECK (status IN ('completed', 'failed', 'refunded')));
CREATE TABLE class_type (
  class_type_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, category TEXT NOT NULL,
  duration_minutes INTEGER NOT NULL, intensity TEXT NOT NULL);
CREATE TABLE class_session (
  session_id INTEGER PRIMARY KEY,
  class_type_id INTEGER NOT NULL REFERENCES class_type (class_type_id),
  club_id INTEGER NOT NULL REFERENCES club (club_id),
  trainer_id INTEGER REFERENCES staff (staff_id), starts_at DATETIME NOT NULL,
  capacity INTEGER NOT NULL, cancelled_at DATETIME);
CREATE TABLE booking (
  session_id INTEGER NOT NULL REFERENCES class_session (session_id),
  member_id INTEGER NOT NULL REFERENCES member (member_id), booked_at DATETIME NOT NULL,
  cancelled_at DATETIME,
  -- 1 came, 0 did not come, NULL for a cancelled booking
  attended INTEGER, PRIMARY KEY (session_id, member_id));
CREATE TABLE personal_training (
  training_id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES member (member_id),
  trainer_id INTEGER NOT NULL REFERENCES staff (staff_id),
  club_id INTEGER NOT NULL REFERENCES club (club_id), starts_at DATETIME NOT NULL,
  price DECIMAL(6, 2) NOT NULL, cancelled_at DATETIME, rating INTEGER);
CREATE TABLE check_in (
  check_in_id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES member (member_id),
  club_id INTEGER NOT NULL REFERENCES club (club_id), entered_at DATETIME NOT NULL,
  left_at DATETIME);
CREATE TABLE equipment (
  equipment_id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL,
  club_id INTEGER NOT NULL REFERENCES club (club_id), purchased_on DATE NOT NULL,
  purchase_price DECIMAL(8, 2) NOT NULL, retired_on DATE);
CREATE TABLE repair (
  repair_id INTEGER PRIMARY KEY, equipment_id INTEGER NOT NULL REFERENCES equipment (equipment_id),
  reported_on DATE NOT NULL, fixed_on DATE, cost DECIMAL(8, 2), description TEXT NOT NULL);
