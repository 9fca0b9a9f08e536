"""Templates of firms that make, move or insure things; `domains` reads them."""

from __future__ import annotations

FREIGHT = """
shipper/customer/sender
  name/shipper_name/company_name: company
  country/origin_country: country
  is_prepaid/prepaid: flag
carrier/haulier/transport_company
  name/carrier_name: company
  mode/transport_mode/type: kind road, rail, air, sea
  rating/quality_score/score: count 1, 5
depot/warehouse/hub/site
  name/depot_name/code: code DC
  city/location: city
  capacity/max_pallets: count 50, 4000
  is_refrigerated/refrigerated/cooled: flag
shipment/consignment/delivery > shipper carrier depot
  tracking_number/tracking_no/reference: code TRK
  booked_on/pickup_date/created_at/dispatched_on: start
  expected_on/promised_date/eta/planned_delivery: due 2, 12
  delivered_on/delivered_at/arrival_date: done 0.25
  status/shipment_status/state: kind booked, in transit, delivered, lost, returned
  weight_kg/weight/gross_weight: money 1, 900
  freight_cost/cost/charge/freight_charge: money 10, 3000
  destination_country/country_to/destination: country
  is_insured/insured: flag
parcel/package/pallet > shipment
  barcode/label: code PKG
  weight/weight_kg: money 1, 60
  declared_value/goods_value/value: money 10, 2000
  is_fragile/fragile: flag
  is_damaged/damaged: flag
scan/scan_event/checkpoint > parcel depot
  scanned_at/scan_time/recorded_on: start
  type/scan_type/event: kind arrival, departure, customs, handover
"""

STOCK = """
supplier/vendor/manufacturer
  name/supplier_name/vendor_name: company
  country/country_of_origin: country
  is_approved/approved/certified: flag
  lead_time_days/lead_days: count 2, 60
  rating/grade: kind A, B, C
item/material/part/component
  name/item_name/part_name: product
  part_number/sku/item_code: code P
  category/material_group/type: kind raw, packaging, spare part, tool
  unit_cost/standard_cost/price: money 0.5, 300
  on_hand/quantity_on_hand/stock_level: count 0, 900
  reorder_level/minimum_stock/reorder_point: count 5, 200
  is_obsolete/obsolete/inactive: flag
purchase_order/procurement_order/order > supplier
  number/po_number/order_no: code PO
  ordered_on/order_date/created_on: start
  required_on/due_date/expected_date/promised_on: due 5, 40
  received_on/delivered_on/receipt_date: done 0.3
  status/po_status/state: kind draft, approved, sent, received, cancelled
  amount/order_value/total: money 100, 20000
  is_urgent/urgent/rush: flag
order_line/po_line/purchase_line > purchase_order item
  quantity/ordered_quantity/qty: count 1, 500
  received_quantity/received_qty/quantity_received: count 0, 500
  unit_price/agreed_price: money 0.5, 300
movement/stock_movement/stock_transaction > item
  moved_on/booked_at/movement_date: start
  type/movement_type/direction: kind receipt, issue, transfer, scrap
  quantity/qty/units_moved: count 1, 200
inspection/quality_check > item
  performed_on/checked_on/inspection_date: start
  result/outcome/verdict: kind pass, fail, rework
  defects/defect_count/faults: count 0, 15
"""

INSURANCE = """
policyholder/insured/member/client
  name/holder_name/full_name: person
  country/country_of_residence: country
  risk_class/risk_group/rating: kind low, medium, high
  is_business/corporate/commercial: flag
policy/contract/insurance_policy > policyholder
  number/policy_no/policy_number: code POL
  line/product_line/policy_type: kind motor, home, travel, liability
  premium/annual_premium/yearly_premium: money 80, 4000
  insured_sum/coverage/sum_insured: money 5000, 900000
  effective_on/start_date/began_on: start
  expires_on/end_date/valid_until: due 300, 700
  cancelled_on/terminated_at: done 0.75
  auto_renews/auto_renewal/renews_automatically: flag
adjuster/claims_handler/assessor
  name/full_name/handler_name: person
  region/area: kind north, south, centre
  is_senior/senior: flag
claim/loss/damage_report > policy adjuster
  reported_on/filed_on/claim_date: start
  decide_by/decision_due/deadline: due 10, 60
  decided_on/closed_on/settled_on: done 0.3
  cause/peril/reason: kind fire, theft, water, collision, storm
  status/claim_status/state: kind open, approved, rejected, paid
  claimed_amount/amount_claimed/claim_amount: money 100, 40000
  paid_amount/payout/settlement: money 0, 30000
  is_fraud_suspected/suspicious/flagged: flag
premium_payment/payment/instalment > policy
  due_on/due_date: start
  paid_on/received_on: done 0.2
  amount/premium_paid/instalment_amount: money 20, 900
  status/payment_status: kind paid, failed, pending
"""

FACTORY = """
line/production_line/plant_area
  name/line_name/code: code L
  hall/building/location: kind A, B, C, D
machine/equipment/asset > line
  name/machine_name/asset_name: product
  maker/manufacturer/brand: company
  purchased_on/installed_on/commissioned_on: start
  purchase_price/cost/book_value: money 2000, 200000
  is_running/running/operational: flag
work_order/production_order/job > machine
  number/order_no/job_no: code WO
  released_on/started_on/start_date: start
  due_on/planned_end/target_date: due 2, 20
  finished_on/completed_on/ended_at: done 0.25
  planned_quantity/target_quantity/ordered_qty: count 50, 2000
  produced_quantity/output/good_units: count 30, 2000
  scrap/scrapped_units/rejects: count 0, 90
  shift/work_shift: kind early, late, night
  status/order_status/state: kind planned, released, running, finished, stopped
downtime/stoppage/outage > machine
  began_at/started_at/stop_date: start
  minutes/duration_minutes/lost_minutes: count 3, 600
  cause/reason/fault_type: kind breakdown, setup, no material, cleaning
  is_planned/planned/scheduled: flag
service/maintenance/service_visit > machine
  scheduled_on/planned_on/service_date: start
  performed_on/done_on/carried_out_on: done 0.3
  type/service_type: kind inspection, repair, overhaul
  cost/service_cost/labour_cost: money 50, 5000
  hours/labour_hours/hours_spent: hours 0.5, 20
"""

FLEET = """
vehicle/car/truck
  plate/licence_plate/registration: code ZH
  model/make/vehicle_model: product
  fuel/fuel_type/drive: kind diesel, petrol, electric, hybrid
  mileage/odometer/kilometers: count 1000, 250000
  is_leased/leased: flag
  acquired_on/bought_on/purchase_date: start
driver/chauffeur/operator
  name/driver_name/full_name: person
  licence_class/licence_type: kind B, C, CE, D
  is_on_call/on_call/standby: flag
  hired_on/joined_on: start
trip/tour/ride/journey > vehicle driver
  started_at/departed_on/trip_date: start
  planned_arrival/expected_arrival/due_at: due 1, 3
  arrived_at/arrived_on/ended_at: done 0.15
  distance_km/kilometers/distance: money 3, 900
  passengers/riders/persons: count 0, 6
  fare/price/revenue: money 5, 700
  purpose/trip_type/category: kind delivery, transfer, service, private
  is_billable/billable/charged: flag
refuel/fuel_purchase/fill_up > vehicle
  filled_on/refuelled_at/purchase_date: start
  liters/litres/volume: money 5, 200
  cost/amount/fuel_cost: money 10, 400
inspection/service/workshop_visit > vehicle
  due_on/due_date/planned_for: start
  done_on/performed_on/completed_on: done 0.3
  cost/bill/workshop_cost: money 40, 3000
  result/outcome: kind passed, failed, repeat
fine/penalty/traffic_ticket > driver
  issued_on/offence_date: start
  amount/fine_amount: money 20, 600
  reason/offence: kind speeding, parking, red light
  is_paid/paid/settled: flag
  points/penalty_points: count 0, 4
"""
