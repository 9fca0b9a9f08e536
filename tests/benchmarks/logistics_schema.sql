-- Tables of the freight forwarder; logistics_database.py fills them.
CREATE TABLE lg_depot (
  depot_cd TEXT PRIMARY KEY, depot_nm TEXT NOT NULL UNIQUE, city_nm TEXT NOT NULL,
  country_cd TEXT NOT NULL, dock_cnt INTEGER NOT NULL, opened_dt TEXT NOT NULL, closed_dt TEXT);
CREATE TABLE lg_vehicle (
  vehicle_id INTEGER PRIMARY KEY, plate_no TEXT NOT NULL UNIQUE,
  -- VAN = van, TRK = rigid truck, ART = articulated lorry, REF = refrigerated truck
  vehicle_typ TEXT NOT NULL, home_depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd),
  payload_kg INTEGER NOT NULL, first_reg_dt TEXT NOT NULL, decomm_dt TEXT);
CREATE TABLE lg_driver (
  driver_id INTEGER PRIMARY KEY, driver_nm TEXT NOT NULL UNIQUE,
  depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd),
  -- the colleague who trained this driver
  mentor_id INTEGER REFERENCES lg_driver (driver_id), hire_dt TEXT NOT NULL, exit_dt TEXT);
CREATE TABLE lg_customer (
  cust_no INTEGER PRIMARY KEY, cust_nm TEXT NOT NULL UNIQUE,
  -- KEY = key account, STD = standard account, SPT = spot customer
  segment_cd TEXT NOT NULL, city_nm TEXT NOT NULL, country_cd TEXT NOT NULL,
  credit_limit_eur INTEGER NOT NULL, since_dt TEXT NOT NULL);
CREATE TABLE lg_service (
  -- EXP = express, STD = standard, ECO = economy, FRZ = frozen, AIR = air freight
  service_cd TEXT PRIMARY KEY, service_nm TEXT NOT NULL UNIQUE, promised_days INTEGER NOT NULL);
CREATE TABLE lg_route (
  route_id INTEGER PRIMARY KEY, route_no TEXT NOT NULL UNIQUE,
  origin_depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd),
  dest_depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd), distance_km INTEGER NOT NULL,
  toll_eur REAL NOT NULL);
CREATE TABLE lg_shipment (
  shipment_no INTEGER PRIMARY KEY, cust_no INTEGER NOT NULL REFERENCES lg_customer (cust_no),
  service_cd TEXT NOT NULL REFERENCES lg_service (service_cd),
  origin_depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd),
  dest_depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd),
  -- NEW = booked, TRN = in transit, DLV = delivered, RTN = returned to sender, LST = lost
  status_cd TEXT NOT NULL, weight_kg REAL NOT NULL, declared_val_eur REAL NOT NULL,
  created_ts TEXT NOT NULL, promised_ts TEXT NOT NULL, delivered_ts TEXT);
CREATE TABLE lg_ship_leg (
  shipment_no INTEGER NOT NULL REFERENCES lg_shipment (shipment_no), leg_no INTEGER NOT NULL,
  route_id INTEGER NOT NULL REFERENCES lg_route (route_id),
  vehicle_id INTEGER NOT NULL REFERENCES lg_vehicle (vehicle_id),
  driver_id INTEGER NOT NULL REFERENCES lg_driver (driver_id),
  -- seconds since 1970-01-01 UTC
  depart_ep INTEGER NOT NULL, arrive_ep INTEGER, PRIMARY KEY (shipment_no, leg_no));
CREATE TABLE lg_scan (
  scan_id INTEGER PRIMARY KEY, shipment_no INTEGER NOT NULL REFERENCES lg_shipment (shipment_no),
  depot_cd TEXT NOT NULL REFERENCES lg_depot (depot_cd),
  -- INB = inbound, OUT = outbound, HLD = on hold, DMG = damage seen
  scan_cd TEXT NOT NULL, scanned_ep INTEGER NOT NULL);
CREATE TABLE lg_invoice (
  invoice_no INTEGER PRIMARY KEY, cust_no INTEGER NOT NULL REFERENCES lg_customer (cust_no),
  issued_dt TEXT NOT NULL, due_dt TEXT NOT NULL, paid_dt TEXT);
CREATE TABLE lg_invoice_line (
  invoice_no INTEGER NOT NULL REFERENCES lg_invoice (invoice_no), line_no INTEGER NOT NULL,
  shipment_no INTEGER NOT NULL REFERENCES lg_shipment (shipment_no),
  -- FRT = freight, FUE = fuel surcharge, TOL = toll, HDL = handling
  charge_cd TEXT NOT NULL, amount_eur REAL NOT NULL, PRIMARY KEY (invoice_no, line_no));
CREATE TABLE lg_claim (
  claim_id INTEGER PRIMARY KEY, shipment_no INTEGER NOT NULL REFERENCES lg_shipment (shipment_no),
  -- DMG = damage, LOS = loss, DLY = delay
  claim_cd TEXT NOT NULL, claimed_eur REAL NOT NULL, settled_eur REAL, opened_ts TEXT NOT NULL,
  closed_ts TEXT);
