-- Tables of the factory; factory_database.py fills them.
CREATE TABLE emp (
  emp_no TEXT PRIMARY KEY, emp_nm TEXT NOT NULL UNIQUE, dept_nm TEXT NOT NULL,
  mgr_emp_no TEXT REFERENCES emp (emp_no), hire_dt DATE NOT NULL, term_dt DATE);
CREATE TABLE sup (
  sup_no TEXT PRIMARY KEY, sup_nm TEXT NOT NULL UNIQUE, ctry_cd CHAR(2) NOT NULL,
  -- A active, I inactive, B blocked
  sup_stat CHAR(1) NOT NULL CHECK (sup_stat IN ('A', 'I', 'B')),
  pay_trm_d INTEGER NOT NULL, -- days until an invoice is due
  sup_rtg INTEGER, iso_flg CHAR(1) NOT NULL CHECK (iso_flg IN ('Y', 'N')));
CREATE TABLE mat (
  mat_no TEXT PRIMARY KEY, mat_dsc TEXT NOT NULL UNIQUE,
  -- RAW raw material, SEM semi-finished, FIN finished good
  mat_typ CHAR(3) NOT NULL CHECK (mat_typ IN ('RAW', 'SEM', 'FIN')),
  uom TEXT NOT NULL, std_cst_ct INTEGER NOT NULL, -- standard cost in cents
  lead_d INTEGER, saf_stk INTEGER NOT NULL, obs_flg INTEGER NOT NULL); -- 1 is obsolete
CREATE TABLE sup_mat (
  sup_no TEXT NOT NULL REFERENCES sup (sup_no), mat_no TEXT NOT NULL REFERENCES mat (mat_no),
  lst_prc DECIMAL(8, 2) NOT NULL, pref_flg CHAR(1) NOT NULL CHECK (pref_flg IN ('Y', 'N')),
  PRIMARY KEY (sup_no, mat_no));
CREATE TABLE bom (
  par_mat_no TEXT NOT NULL REFERENCES mat (mat_no),
  cmp_mat_no TEXT NOT NULL REFERENCES mat (mat_no), qty_per INTEGER NOT NULL,
  PRIMARY KEY (par_mat_no, cmp_mat_no)); -- bill of materials
CREATE TABLE whs (whs_cd CHAR(2) PRIMARY KEY, whs_nm TEXT NOT NULL UNIQUE, city TEXT NOT NULL);
CREATE TABLE stk (
  whs_cd CHAR(2) NOT NULL REFERENCES whs (whs_cd), mat_no TEXT NOT NULL REFERENCES mat (mat_no),
  qty_oh INTEGER NOT NULL, qty_rsv INTEGER NOT NULL, -- on hand, reserved
  cnt_dt DATE, PRIMARY KEY (whs_cd, mat_no));
CREATE TABLE po_hdr (
  po_no TEXT PRIMARY KEY, sup_no TEXT NOT NULL REFERENCES sup (sup_no),
  buyer_no TEXT NOT NULL REFERENCES emp (emp_no), po_dt DATE NOT NULL, req_dt DATE NOT NULL,
  appr_dt DATE,
  -- O open, P partly received, C complete, X cancelled
  po_stat CHAR(1) NOT NULL CHECK (po_stat IN ('O', 'P', 'C', 'X')));
CREATE TABLE po_ln (
  po_no TEXT NOT NULL REFERENCES po_hdr (po_no), ln_no INTEGER NOT NULL,
  mat_no TEXT NOT NULL REFERENCES mat (mat_no), qty_ord INTEGER NOT NULL,
  unit_prc DECIMAL(8, 2) NOT NULL, PRIMARY KEY (po_no, ln_no));
CREATE TABLE gr (
  gr_no INTEGER PRIMARY KEY, po_no TEXT NOT NULL, ln_no INTEGER NOT NULL, gr_dt DATE NOT NULL,
  qty_rcv INTEGER NOT NULL, qty_rej INTEGER NOT NULL, -- rejected of those received
  whs_cd CHAR(2) NOT NULL REFERENCES whs (whs_cd),
  FOREIGN KEY (po_no, ln_no) REFERENCES po_ln (po_no, ln_no)); -- goods receipt
CREATE TABLE mach (
  mach_id TEXT PRIMARY KEY, mach_nm TEXT NOT NULL UNIQUE, hall TEXT NOT NULL,
  inst_dt DATE NOT NULL, hr_rate DECIMAL(6, 2) NOT NULL,
  -- R running, M under maintenance, D decommissioned
  mach_stat CHAR(1) NOT NULL CHECK (mach_stat IN ('R', 'M', 'D')));
CREATE TABLE wo (
  wo_no INTEGER PRIMARY KEY, mat_no TEXT NOT NULL REFERENCES mat (mat_no),
  mach_id TEXT NOT NULL REFERENCES mach (mach_id), spv_no TEXT REFERENCES emp (emp_no),
  st_ts DATETIME NOT NULL, end_ts DATETIME, pln_qty INTEGER NOT NULL, good_qty INTEGER,
  scrp_qty INTEGER,
  -- work order: R in progress, F finished, X cancelled
  wo_stat CHAR(1) NOT NULL CHECK (wo_stat IN ('R', 'F', 'X')));
CREATE TABLE mach_dwn (
  dwn_id INTEGER PRIMARY KEY, mach_id TEXT NOT NULL REFERENCES mach (mach_id),
  st_ts DATETIME NOT NULL, end_ts DATETIME, rsn_cd TEXT NOT NULL); -- downtime
CREATE TABLE qc_insp (
  insp_no INTEGER PRIMARY KEY, wo_no INTEGER REFERENCES wo (wo_no), -- either an order
  gr_no INTEGER REFERENCES gr (gr_no), -- or a receipt
  insp_emp_no TEXT NOT NULL REFERENCES emp (emp_no), insp_dt DATE NOT NULL,
  smp_qty INTEGER NOT NULL, def_qty INTEGER NOT NULL, -- defects in the sample
  -- P passed, F failed, H on hold
  rslt CHAR(1) NOT NULL CHECK (rslt IN ('P', 'F', 'H')));
