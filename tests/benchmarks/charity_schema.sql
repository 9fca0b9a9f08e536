-- Tables of the charity; charity_database.py fills them.
CREATE TABLE Employee (
  EmployeeID INTEGER PRIMARY KEY, FullName TEXT NOT NULL UNIQUE, Role TEXT NOT NULL,
  TeamLeadID INTEGER REFERENCES Employee (EmployeeID), City TEXT NOT NULL,
  StartDate DATE NOT NULL, EndDate DATE);
CREATE TABLE Volunteer (
  VolunteerID INTEGER PRIMARY KEY, FullName TEXT NOT NULL UNIQUE, Email TEXT, City TEXT NOT NULL,
  StartDate DATE NOT NULL, EndDate DATE, HasDrivingLicence INTEGER NOT NULL);
CREATE TABLE Donor (
  DonorID INTEGER PRIMARY KEY, DonorName TEXT NOT NULL UNIQUE,
  DonorType TEXT NOT NULL CHECK (DonorType IN ('Individual', 'Company', 'Foundation')),
  Email TEXT, City TEXT NOT NULL, Country TEXT NOT NULL, CreatedOn DATE NOT NULL,
  DoNotContact INTEGER NOT NULL, -- 1 wants no letters and no calls
  DeletedAt DATETIME);
CREATE TABLE Campaign (
  CampaignID INTEGER PRIMARY KEY, CampaignName TEXT NOT NULL UNIQUE, Channel TEXT NOT NULL,
  StartDate DATE NOT NULL, EndDate DATE, GoalAmount DECIMAL(10, 2),
  ManagerID INTEGER NOT NULL REFERENCES Employee (EmployeeID),
  ParentCampaignID INTEGER REFERENCES Campaign (CampaignID),
  -- 1 planned, 2 running, 3 finished, 9 called off
  StatusCode INTEGER NOT NULL CHECK (StatusCode IN (1, 2, 3, 9)));
CREATE TABLE Donation (
  DonationID INTEGER PRIMARY KEY, DonorID INTEGER NOT NULL REFERENCES Donor (DonorID),
  CampaignID INTEGER REFERENCES Campaign (CampaignID), DonatedOn DATE NOT NULL,
  AmountCents INTEGER NOT NULL, PaymentMethod TEXT NOT NULL, IsRecurring INTEGER NOT NULL,
  ReceiptSentOn DATE, RefundedOn DATE);
CREATE TABLE Pledge (
  PledgeID INTEGER PRIMARY KEY, DonorID INTEGER NOT NULL REFERENCES Donor (DonorID),
  CampaignID INTEGER REFERENCES Campaign (CampaignID), PledgedOn DATE NOT NULL,
  PledgeAmount DECIMAL(10, 2) NOT NULL, DueOn DATE NOT NULL,
  FulfilledOn DATE, CancelledOn DATE);
CREATE TABLE Program (
  ProgramID INTEGER PRIMARY KEY, ProgramName TEXT NOT NULL UNIQUE, Theme TEXT NOT NULL,
  Region TEXT NOT NULL, AnnualBudget DECIMAL(12, 2) NOT NULL, LaunchedOn DATE NOT NULL,
  ClosedOn DATE);
CREATE TABLE CampaignProgram (
  CampaignID INTEGER NOT NULL REFERENCES Campaign (CampaignID),
  ProgramID INTEGER NOT NULL REFERENCES Program (ProgramID), SharePct INTEGER NOT NULL,
  PRIMARY KEY (CampaignID, ProgramID));
CREATE TABLE PartnerOrg (
  PartnerID INTEGER PRIMARY KEY, PartnerName TEXT NOT NULL UNIQUE, Country TEXT NOT NULL,
  Sector TEXT NOT NULL, IsActive CHAR(1) NOT NULL CHECK (IsActive IN ('Y', 'N')));
CREATE TABLE GrantAward (
  GrantNo TEXT PRIMARY KEY, ProgramID INTEGER NOT NULL REFERENCES Program (ProgramID),
  PartnerID INTEGER NOT NULL REFERENCES PartnerOrg (PartnerID), AwardedOn DATE NOT NULL,
  Amount DECIMAL(12, 2) NOT NULL, PaidOn DATE, ReportDueOn DATE NOT NULL, ReportReceivedOn DATE);
CREATE TABLE FundraisingEvent (
  EventID INTEGER PRIMARY KEY, EventName TEXT NOT NULL, Venue TEXT NOT NULL, City TEXT NOT NULL,
  CampaignID INTEGER REFERENCES Campaign (CampaignID), HeldOn DATE NOT NULL,
  TicketPrice DECIMAL(6, 2) NOT NULL, Capacity INTEGER NOT NULL, CancelledOn DATE);
CREATE TABLE EventRegistration (
  EventID INTEGER NOT NULL REFERENCES FundraisingEvent (EventID),
  DonorID INTEGER NOT NULL REFERENCES Donor (DonorID), RegisteredOn DATE NOT NULL,
  Tickets INTEGER NOT NULL, Attended CHAR(1) CHECK (Attended IN ('Y', 'N')),
  PRIMARY KEY (EventID, DonorID));
CREATE TABLE VolunteerShift (
  ShiftID INTEGER PRIMARY KEY, VolunteerID INTEGER NOT NULL REFERENCES Volunteer (VolunteerID),
  EventID INTEGER REFERENCES FundraisingEvent (EventID),
  ProgramID INTEGER REFERENCES Program (ProgramID), -- a shift is for an event or for a program
  ShiftDate DATE NOT NULL, HoursWorked DECIMAL(4, 1) NOT NULL, NoShow INTEGER NOT NULL);
CREATE TABLE Expense (
  ExpenseID INTEGER PRIMARY KEY, ProgramID INTEGER REFERENCES Program (ProgramID),
  CampaignID INTEGER REFERENCES Campaign (CampaignID), SpentOn DATE NOT NULL,
  Category TEXT NOT NULL, Amount DECIMAL(10, 2) NOT NULL,
  ApprovedBy INTEGER REFERENCES Employee (EmployeeID));
