-- Tables of the billing database; billing_database.py fills them.
CREATE TABLE acct_mgr (
  mgr_id INTEGER PRIMARY KEY, mgr_name TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
  region_cd TEXT NOT NULL CHECK (region_cd IN ('NORTH', 'SOUTH', 'EAST', 'WEST')),
  hired_dt DATE NOT NULL, boss_id INTEGER REFERENCES acct_mgr (mgr_id));
CREATE TABLE cust_acct (
  cust_acct_no TEXT PRIMARY KEY, acct_name TEXT NOT NULL UNIQUE,
  acct_type CHAR(1) NOT NULL CHECK (acct_type IN ('B', 'R')),
  acct_status CHAR(1) NOT NULL CHECK (acct_status IN ('A', 'S', 'C')),
  email TEXT, country_cd CHAR(2) NOT NULL, credit_limit DECIMAL(10, 2), opened_dt DATE NOT NULL,
  acct_mgr_id INTEGER REFERENCES acct_mgr (mgr_id),
  parent_acct_no TEXT REFERENCES cust_acct (cust_acct_no), deleted_at DATETIME);
CREATE TABLE cust_addr (
  addr_id INTEGER PRIMARY KEY, cust_acct_no TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  street TEXT NOT NULL, city TEXT NOT NULL, postal_cd TEXT NOT NULL);
CREATE TABLE service_plan (
  plan_code TEXT PRIMARY KEY, plan_name TEXT NOT NULL UNIQUE, product_family TEXT NOT NULL,
  billing_cycle CHAR(1) NOT NULL CHECK (billing_cycle IN ('M', 'Q', 'Y')),
  list_price DECIMAL(8, 2) NOT NULL, launched_on DATE NOT NULL, retired_on DATE);
CREATE TABLE add_on (
  addon_code TEXT PRIMARY KEY, addon_name TEXT NOT NULL UNIQUE, product_family TEXT NOT NULL,
  monthly_fee DECIMAL(8, 2) NOT NULL, is_taxable INTEGER NOT NULL);
CREATE TABLE subscription (
  subscription_id INTEGER PRIMARY KEY,
  cust_acct_no TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  plan_code TEXT NOT NULL REFERENCES service_plan (plan_code), seats INTEGER NOT NULL,
  start_date DATE NOT NULL, end_date DATE, cancelled_at DATETIME, cancel_reason TEXT);
CREATE TABLE subscription_addon (
  subscription_id INTEGER NOT NULL REFERENCES subscription (subscription_id),
  addon_code TEXT NOT NULL REFERENCES add_on (addon_code), added_on DATE NOT NULL,
  PRIMARY KEY (subscription_id, addon_code));
CREATE TABLE inv_hdr (
  inv_no TEXT PRIMARY KEY, cust_acct_no TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  bill_to_addr_id INTEGER NOT NULL REFERENCES cust_addr (addr_id),
  ship_to_addr_id INTEGER NOT NULL REFERENCES cust_addr (addr_id),
  inv_dt DATE NOT NULL, due_dt DATE NOT NULL, paid_at DATETIME,
  inv_stat CHAR(1) NOT NULL CHECK (inv_stat IN ('O', 'P', 'D')),
  net_amt DECIMAL(10, 2) NOT NULL, tax_amt DECIMAL(10, 2) NOT NULL, tot_amt DECIMAL(10, 2) NOT NULL);
CREATE TABLE inv_ln (
  inv_no TEXT NOT NULL REFERENCES inv_hdr (inv_no), ln_no INTEGER NOT NULL, descr TEXT NOT NULL,
  plan_code TEXT REFERENCES service_plan (plan_code), qty INTEGER NOT NULL,
  unit_prc DECIMAL(8, 2) NOT NULL, disc_pct INTEGER NOT NULL, PRIMARY KEY (inv_no, ln_no));
CREATE TABLE sbTransaction (
  sbTxId INTEGER PRIMARY KEY, sbTxAcctNo TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  sbTxInvNo TEXT REFERENCES inv_hdr (inv_no),
  sbTxType TEXT NOT NULL CHECK (sbTxType IN ('card', 'wire', 'sepa', 'cash')),
  sbTxStatus TEXT NOT NULL CHECK (sbTxStatus IN ('success', 'failed', 'pending')),
  sbTxAmount DECIMAL(10, 2) NOT NULL, sbTxFee DECIMAL(8, 2) NOT NULL,
  sbTxDateTime DATETIME NOT NULL);
CREATE TABLE sbRefund (
  sbRefId INTEGER PRIMARY KEY, sbRefTxId INTEGER NOT NULL REFERENCES sbTransaction (sbTxId),
  sbRefAmount DECIMAL(10, 2) NOT NULL, sbRefReason TEXT NOT NULL,
  sbRefRequestedAt DATETIME NOT NULL, sbRefApprovedBy INTEGER REFERENCES acct_mgr (mgr_id),
  sbRefPaidAt DATETIME);
CREATE TABLE support_ticket (
  ticket_id INTEGER PRIMARY KEY, cust_acct_no TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  assigned_to_id INTEGER REFERENCES acct_mgr (mgr_id),
  escalated_to_id INTEGER REFERENCES acct_mgr (mgr_id),
  priority TEXT NOT NULL CHECK (priority IN ('P1', 'P2', 'P3', 'P4')), channel TEXT NOT NULL,
  subject TEXT NOT NULL, opened_at DATETIME NOT NULL, first_response_at DATETIME,
  closed_at DATETIME, csat_score INTEGER);
CREATE TABLE usage_event (
  usage_id INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL REFERENCES subscription (subscription_id),
  usage_date DATE NOT NULL, usage_type TEXT NOT NULL CHECK (usage_type IN ('voice', 'data', 'sms')),
  units INTEGER NOT NULL, rated_amt DECIMAL(8, 2) NOT NULL);
CREATE TABLE credit_transfer (
  transfer_id INTEGER PRIMARY KEY, from_acct_no TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  to_acct_no TEXT NOT NULL REFERENCES cust_acct (cust_acct_no),
  amount DECIMAL(10, 2) NOT NULL, transferred_on DATE NOT NULL);
