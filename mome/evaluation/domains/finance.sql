CREATE TABLE branch (branch_id INTEGER PRIMARY KEY, city TEXT NOT NULL, opened_on DATE NOT NULL);
CREATE TABLE client (client_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, segment TEXT NOT NULL,
  branch_id INTEGER NOT NULL REFERENCES branch);
CREATE TABLE account (account_no INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client,
  kind TEXT NOT NULL, opened_on DATE NOT NULL, closed_on DATE, balance DECIMAL(12, 2) NOT NULL);
CREATE TABLE booking (booking_id INTEGER PRIMARY KEY, account_no INTEGER NOT NULL REFERENCES account,
  booked_on DATE NOT NULL, amount DECIMAL(12, 2) NOT NULL, purpose TEXT);
CREATE TABLE loan (loan_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client,
  principal DECIMAL(12, 2) NOT NULL, rate DECIMAL(5, 2) NOT NULL, state TEXT NOT NULL,
  granted_on DATE NOT NULL);
INSERT INTO branch VALUES (1, 'Lisbon', '1998-04-01'), (2, 'Porto', '2005-09-12'),
  (3, 'Faro', '2016-02-20');
INSERT INTO client VALUES (1, 'Ana Duarte', 'private', 1), (2, 'Bruno Reis', 'private', 1),
  (3, 'Costa Shipping', 'business', 2), (4, 'Dora Pinto', 'private', 2),
  (5, 'Estrela Foods', 'business', 1), (6, 'Filipe Melo', 'private', 3),
  (7, 'Gama Tools', 'business', 3), (8, 'Helena Sousa', 'private', 2);
INSERT INTO account VALUES (101, 1, 'checking', '2019-03-04', NULL, 1250.50),
  (102, 1, 'savings', '2020-07-01', NULL, 8400), (103, 2, 'checking', '2018-11-23', NULL, -75.20),
  (104, 3, 'checking', '2017-01-15', NULL, 45210), (105, 4, 'savings', '2021-05-30', NULL, 15300),
  (106, 5, 'checking', '2016-06-06', NULL, 20115.75), (107, 6, 'checking', '2022-02-02', NULL, 310),
  (108, 7, 'checking', '2020-10-10', '2023-12-31', 0), (109, 8, 'savings', '2023-08-19', NULL, 990),
  (110, 8, 'checking', '2023-08-19', NULL, 60.10);
INSERT INTO booking VALUES (1, 101, '2024-01-05', 2100, 'salary'), (2, 101, '2024-01-09', -650, 'rent'),
  (3, 101, '2024-02-05', 2100, 'salary'), (4, 103, '2024-01-15', -120.50, NULL),
  (5, 104, '2024-01-20', 18000, 'invoice'), (6, 104, '2024-03-02', -7500, 'payroll'),
  (7, 106, '2024-02-11', 5600, 'invoice'), (8, 106, '2024-03-11', 6100, 'invoice'),
  (9, 107, '2024-03-15', 900, 'salary'), (10, 110, '2024-03-30', -15, NULL),
  (11, 105, '2023-12-20', 5000, 'bonus'), (12, 101, '2024-03-05', 2150, 'salary');
INSERT INTO loan VALUES (1, 2, 12000, 4.10, 'active', '2022-05-01'),
  (2, 3, 250000, 3.20, 'active', '2019-08-15'), (3, 4, 8000, 5.50, 'repaid', '2018-01-10'),
  (4, 5, 90000, 3.90, 'active', '2023-02-28'), (5, 6, 4000, 6.75, 'defaulted', '2021-11-11'),
  (6, 7, 30000, 4.80, 'defaulted', '2020-12-01');
