"""Templates of firms that serve people: tickets, patients, courses; `domains` reads them."""

from __future__ import annotations

TICKETS = """
company/customer/organization/client
  name/company_name: company
  plan/support_plan/service_level: kind basic, standard, premium
  country/location: country
  is_vip/vip/key_account: flag
agent/support_agent/operator
  name/agent_name/full_name: person
  team/group/desk: kind first line, billing, network, field
  is_available/available/on_duty: flag
  hired_on/hire_date/joined_on: start
ticket/case/issue/support_request > company agent
  subject/title/summary: thing login fails, slow page, wrong bill, broken printer, no signal
  opened_on/opened_at/created_at/reported_on: start
  due_on/due_at/target_date/deadline: due 1, 10
  resolved_on/closed_at/solved_at: done 0.25
  priority/urgency/severity: kind low, normal, high, urgent
  status/ticket_status/state: kind open, waiting, resolved, closed, reopened
  channel/source: kind mail, phone, chat, portal
  is_escalated/escalated: flag
  minutes_spent/effort_minutes/handling_time: count 2, 400
  rating/csat_score/satisfaction_score: count 1, 5
reply/message/comment > ticket agent
  sent_at/written_on/posted_at: start
  is_internal/internal/internal_note: flag
  word_count/words: count 3, 300
"""

TIMES = """
client/customer/account
  name/client_name/company: company
  country/country_code: country
  industry/sector: kind finance, media, public, retail
  is_active/active: flag
project/engagement/assignment > client
  name/project_name/title: product
  budget/budget_amount/agreed_fee: money 2000, 90000
  budget_hours/planned_hours/estimated_hours: hours 20, 900
  started_on/start_date/kickoff_date: start
  deadline/due_date/planned_end: due 30, 200
  finished_on/end_date/completed_on: done 0.4
  status/project_status/phase: kind planned, running, on hold, finished
  is_fixed_price/fixed_price: flag
consultant/employee/staff_member/worker
  name/full_name: person
  role/position/job_title: kind developer, designer, analyst, manager
  hourly_rate/rate/day_rate: money 30, 180
  is_freelance/freelance/external: flag
  office/location/city: city
  hired_on/entry_date/joined: start
time_entry/work_log/timesheet_line > project consultant
  worked_on/work_date/day/entry_date: start
  hours/hours_worked/duration_hours: hours 0.5, 9
  is_billable/billable/chargeable: flag
  activity/task_type/kind: kind coding, meeting, travel, testing, support
  is_approved/approved: flag
expense/expense_claim/cost_item > project consultant
  spent_on/expense_date/incurred_on: start
  amount/cost/expense_amount: money 5, 900
  category/expense_type/type: kind hotel, train, flight, meal, software
  status/state/approval_status: kind submitted, approved, rejected, reimbursed
  approved_on/approval_date: done 0.35
"""

CLINIC = """
doctor/physician/practitioner
  name/doctor_name/full_name: person
  specialty/field/speciality: kind surgery, pediatrics, cardiology, radiology
  is_on_leave/on_leave/absent: flag
  hired_on/joined_on: start
patient/client/case_file
  name/patient_name/full_name: person
  birth_date/born_on/date_of_birth: birth
  sex/gender: kind F, M
  city/home_town: city
  insurer/insurance_company/payer: kind Helvia, Mutual, Sanita, State
  is_smoker/smoker: flag
  registered_on/first_seen_on: start
visit/appointment/consultation > patient doctor
  scheduled_on/visit_date/appointment_date: start
  checked_in_at/arrived_at: done 0.2
  kind/visit_type/type: kind first, check-up, emergency, follow-up
  status/state/visit_status: kind planned, completed, missed, cancelled
  duration_minutes/minutes/length: count 5, 90
  fee/charge/consultation_fee: money 20, 300
lab_test/test/examination > visit
  name/test_name/analysis: thing glucose, iron, cholesterol, calcium, vitamin D
  ordered_on/requested_on: start
  reported_on/result_date: done 0.25
  value/result/measured_value: money 1, 300
  is_abnormal/abnormal/out_of_range: flag
prescription/medication_order > patient doctor
  drug/medicine/drug_name: thing ibuprofen, amoxicillin, insulin, aspirin, metformin
  prescribed_on/issued_on: start
  tablets/quantity/packs: count 1, 90
  refills/repeats: count 0, 5
  is_chronic/long_term: flag
claim/insurance_claim/bill > patient
  filed_on/submitted_on/billed_on: start
  amount/claimed_amount/billed_amount: money 30, 4000
  paid_amount/covered_amount/reimbursed: money 0, 3000
  status/claim_status: kind filed, accepted, denied, paid
  due_on/due_date: due 20, 60
  settled_on/paid_on: done 0.35
"""

STAFF = """
department/unit/team/division
  name/department_name/unit_name: thing Finance, Research, Logistics, Legal, Marketing, Support
  location/site/city: city
  budget/annual_budget/yearly_budget: money 50000, 900000
employee/staff/worker/staff_member > department
  name/employee_name/full_name: person
  job_title/position/job: kind clerk, engineer, manager, analyst, driver
  salary/annual_salary/base_pay: money 22000, 120000
  contract_type/employment_type/contract: kind permanent, temporary, intern
  is_remote/remote/works_remotely: flag
  hired_on/hire_date/start_date/joined_on: start
  left_on/termination_date/end_date/exit_date: done 0.75
absence/leave_request/leave > employee
  type/leave_type/reason: kind holiday, sick, parental, unpaid
  first_day/starts_on/from_date: start
  days/number_of_days/leave_days: count 1, 20
  status/approval_status/decision: kind requested, approved, rejected
  approved_on/decided_on: done 0.3
payslip/salary_payment/payroll_item > employee
  paid_on/pay_date/payment_date: start
  gross_pay/gross/gross_amount: money 1800, 9000
  deductions/withheld: money 200, 3000
  net_pay/net/net_amount: money 1500, 7000
  bonus/bonus_paid/bonus_amount: money 0, 2000
overtime/overtime_entry/extra_shift > employee
  worked_on/day/overtime_date: start
  hours/overtime_hours/extra_hours: hours 0.5, 6
  is_paid_out/compensated/paid_out: flag
training/course_attendance/certificate > employee
  title/course/subject: thing safety, first aid, Excel, leadership, data protection
  booked_on/start_date: start
  valid_until/expires_on: due 100, 700
  completed_on/passed_on: done 0.3
  cost/course_fee/price: money 50, 1500
"""

RENTALS = """
building/property/estate
  name/building_name/address: product
  city/town/municipality: city
  built_year/year_built: year
  floors/number_of_floors: count 1, 20
  has_elevator/elevator/lift: flag
apartment/unit/flat > building
  number/unit_no/apartment_no: code A
  rooms/number_of_rooms: count 1, 6
  area/size_sqm/square_meters: money 20, 160
  rent/monthly_rent/base_rent: money 400, 3000
  is_furnished/furnished: flag
  is_vacant/vacant/empty: flag
tenant/resident/renter
  name/tenant_name/full_name: person
  occupation/profession: kind student, nurse, teacher, retired
  has_pets/pets/pet_owner: flag
lease/rental_contract/tenancy > apartment tenant
  signed_on/start_date/began_on: start
  ends_on/end_date: due 300, 900
  terminated_on/moved_out_on: done 0.7
  deposit/deposit_amount/security_deposit: money 500, 6000
  status/lease_status: kind active, notice given, ended
rent_payment/payment/instalment > lease
  paid_on/payment_date/received_on: start
  amount/amount_paid/rent_paid: money 300, 3000
  late_fee/penalty/late_charge: money 0, 80
  method/paid_by: kind transfer, card, cash
repair/maintenance_request/work_order > apartment
  reported_on/requested_on/created_at: start
  target_date/deadline/due_on: due 2, 30
  fixed_on/completed_on/repaired_on: done 0.3
  trade/category/kind: kind plumbing, heating, electrical, painting
  cost/repair_cost/invoice_amount: money 30, 2500
  urgency/priority: kind low, medium, high
  is_covered/insured/covered_by_owner: flag
"""

LESSONS = """
trainer/instructor/lecturer
  name/trainer_name/full_name: person
  daily_fee/fee/day_rate: money 200, 1200
  is_external/external/freelance: flag
course/training_course/workshop > trainer
  title/course_title/name: thing Welding, Bookkeeping, Python, Negotiation, Photography
  level/course_level: kind beginner, intermediate, advanced
  price/course_fee/fee: money 50, 2000
  starts_on/start_date/first_day: start
  max_participants/seats/capacity: count 5, 40
  is_online/online/remote: flag
learner/participant/attendee/student
  name/full_name/learner_name: person
  company/employer: company
  city/town: city
enrolment/registration/signup > course learner
  enrolled_on/registered_on/signup_date: start
  pay_by/payment_due/due_date: due 10, 30
  paid_on/fee_paid_on/payment_date: done 0.3
  status/enrolment_status: kind confirmed, waitlisted, cancelled, completed
  fee_paid/amount_paid/price_paid: money 40, 2000
  grade/final_score/points: count 20, 100
  passed/has_passed/is_passed: flag
session/lesson/class_meeting > course
  held_on/session_date/taught_on: start
  hours/duration_hours/lesson_hours: hours 1, 8
  attendees/present/attendance: count 1, 30
"""
