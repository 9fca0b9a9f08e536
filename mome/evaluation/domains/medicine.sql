CREATE TABLE ward (ward_id INTEGER PRIMARY KEY, label TEXT NOT NULL, beds INTEGER NOT NULL);
CREATE TABLE physician (physician_id INTEGER PRIMARY KEY, surname TEXT NOT NULL, specialty TEXT NOT NULL);
CREATE TABLE patient (patient_id INTEGER PRIMARY KEY, surname TEXT NOT NULL, born_on DATE NOT NULL,
  blood_group TEXT);
CREATE TABLE admission (admission_id INTEGER PRIMARY KEY,
  patient_id INTEGER NOT NULL REFERENCES patient, ward_id INTEGER NOT NULL REFERENCES ward,
  physician_id INTEGER NOT NULL REFERENCES physician, admitted_on DATE NOT NULL, discharged_on DATE);
CREATE TABLE diagnosis (admission_id INTEGER NOT NULL REFERENCES admission, icd_code TEXT NOT NULL,
  is_principal INTEGER NOT NULL, PRIMARY KEY (admission_id, icd_code));
CREATE TABLE measurement (measurement_id INTEGER PRIMARY KEY,
  patient_id INTEGER NOT NULL REFERENCES patient, taken_on DATE NOT NULL, item TEXT NOT NULL,
  reading DECIMAL(7, 2) NOT NULL);
INSERT INTO ward VALUES (1, 'Cardiology', 12), (2, 'Surgery', 20), (3, 'Paediatrics', 8);
INSERT INTO physician VALUES (1, 'Okafor', 'cardiologist'), (2, 'Lindqvist', 'surgeon'),
  (3, 'Marek', 'surgeon'), (4, 'Tanaka', 'paediatrician');
INSERT INTO patient VALUES (1, 'Abbott', '1950-02-11', 'A'), (2, 'Brandt', '1987-07-30', '0'),
  (3, 'Chen', '2015-05-05', 'B'), (4, 'Dupont', '1962-12-24', NULL), (5, 'Eriksen', '2018-09-17', 'A'),
  (6, 'Fuchs', '1979-03-03', 'AB'), (7, 'Garcia', '1994-10-08', NULL);
INSERT INTO admission VALUES (1, 1, 1, 1, '2024-01-04', '2024-01-15'),
  (2, 2, 2, 2, '2024-01-20', '2024-01-22'), (3, 3, 3, 4, '2024-02-02', '2024-02-05'),
  (4, 4, 1, 1, '2024-02-14', NULL), (5, 1, 1, 1, '2024-03-01', '2024-03-09'),
  (6, 5, 3, 4, '2024-03-11', NULL), (7, 6, 2, 3, '2023-12-05', '2023-12-12'),
  (8, 2, 2, 3, '2024-03-20', NULL);
INSERT INTO diagnosis VALUES (1, 'I21', 1), (1, 'E11', 0), (2, 'K35', 1), (3, 'J18', 1), (4, 'I50', 1),
  (4, 'E11', 0), (5, 'I50', 1), (6, 'J45', 1), (7, 'K80', 1), (8, 'K40', 1);
INSERT INTO measurement VALUES (1, 1, '2024-01-04', 'heart rate', 110),
  (2, 1, '2024-01-05', 'heart rate', 92), (3, 1, '2024-01-05', 'temperature', 37.1),
  (4, 2, '2024-01-20', 'temperature', 38.6), (5, 3, '2024-02-02', 'temperature', 39.4),
  (6, 3, '2024-02-03', 'temperature', 38.2), (7, 4, '2024-02-14', 'heart rate', 124),
  (8, 5, '2024-03-11', 'oxygen saturation', 91), (9, 7, '2024-03-20', 'heart rate', 71);
