-- Tables of the clinic; clinic_database.py fills them.
CREATE TABLE department (
  department_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, floor INTEGER NOT NULL);
CREATE TABLE doctor (
  doctor_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL UNIQUE, specialty TEXT NOT NULL,
  department_id INTEGER NOT NULL REFERENCES department (department_id),
  -- the doctor who heads the department; NULL for the medical director
  head_id INTEGER REFERENCES doctor (doctor_id), hired_on DATE NOT NULL, left_on DATE);
CREATE TABLE insurer (
  insurer_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('statutory', 'private')));
CREATE TABLE patient (
  patient_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL UNIQUE, sex TEXT NOT NULL,
  date_of_birth DATE NOT NULL, city TEXT NOT NULL,
  -- NULL for patients who pay themselves
  insurer_id INTEGER REFERENCES insurer (insurer_id), registered_on DATE NOT NULL,
  deceased_on DATE);
CREATE TABLE appointment (
  appointment_id INTEGER PRIMARY KEY, patient_id INTEGER NOT NULL REFERENCES patient (patient_id),
  doctor_id INTEGER NOT NULL REFERENCES doctor (doctor_id), booked_at DATETIME NOT NULL,
  scheduled_at DATETIME NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('completed', 'no-show', 'cancelled', 'scheduled')),
  -- when the patient entered the consulting room
  seen_at DATETIME);
CREATE TABLE icd_code (
  code TEXT PRIMARY KEY, description TEXT NOT NULL UNIQUE, chapter TEXT NOT NULL,
  is_chronic INTEGER NOT NULL);
CREATE TABLE diagnosis (
  diagnosis_id INTEGER PRIMARY KEY,
  appointment_id INTEGER NOT NULL REFERENCES appointment (appointment_id),
  icd_code TEXT NOT NULL REFERENCES icd_code (code), is_primary INTEGER NOT NULL);
CREATE TABLE medicine (
  medicine_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, active_ingredient TEXT NOT NULL,
  form TEXT NOT NULL, pack_price DECIMAL(8, 2) NOT NULL);
CREATE TABLE prescription (
  prescription_id INTEGER PRIMARY KEY,
  appointment_id INTEGER NOT NULL REFERENCES appointment (appointment_id),
  medicine_id INTEGER NOT NULL REFERENCES medicine (medicine_id), packs INTEGER NOT NULL,
  days_supply INTEGER NOT NULL, dispensed_on DATE);
CREATE TABLE invoice (
  invoice_id INTEGER PRIMARY KEY,
  appointment_id INTEGER NOT NULL UNIQUE REFERENCES appointment (appointment_id),
  issued_on DATE NOT NULL, total_amount DECIMAL(10, 2) NOT NULL);
CREATE TABLE payment (
  payment_id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL REFERENCES invoice (invoice_id),
  paid_on DATE NOT NULL, amount DECIMAL(10, 2) NOT NULL,
  paid_by TEXT NOT NULL CHECK (paid_by IN ('insurer', 'patient')));
