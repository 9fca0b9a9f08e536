"""Templates of firms that sell, on bills, orders or subscriptions; `domains` reads them."""

from __future__ import annotations

BILLS = """
client/customer/account/company
  name/company_name/legal_name: company
  country/country_code/land: country
  city/town: city
  industry/sector/branch: kind retail, software, health, transport, energy
  is_active/active/enabled: flag
  credit_limit/credit_line: money 1000, 50000
  email/contact_email/billing_email: email
  signed_on/customer_since/onboarded_at: start
invoice/bill > client
  number/invoice_no/doc_number: code INV
  issued_on/issue_date/invoice_date: start
  due_on/due_date/payable_until: due 14, 45
  paid_on/paid_at/settled_on: done 0.3
  status/state/invoice_status: kind draft, sent, paid, cancelled, disputed
  amount/total/net_amount/gross_amount: money 50, 9000
  tax/tax_amount/vat_amount: money 5, 900
  discount/discount_amount/rebate: money 0, 200
  currency/currency_code: kind EUR, USD, GBP
bill_item/invoice_line/position > invoice
  description/item_text/service: thing hosting, consulting, licence, training, support, travel
  quantity/qty/units: count 1, 20
  unit_price/price/rate: money 5, 400
  amount/line_total/line_amount: money 10, 4000
receipt/payment/incoming_payment > invoice
  received_on/payment_date/booked_on: start
  amount/paid_amount/value: money 20, 5000
  method/payment_method/channel: kind card, transfer, cash, cheque
  status/payment_status: kind completed, failed, pending, refunded
reminder/dunning_letter > invoice
  sent_on/sent_at/reminder_date: start
  level/stage: count 1, 3
  fee/reminder_fee: money 5, 40
"""

SHOP = """
customer/buyer/shopper/client
  name/full_name/customer_name: person
  country/country_name: country
  city/home_city: city
  loyalty_level/tier/segment: kind bronze, silver, gold
  newsletter/is_subscribed/wants_mail: flag
  registered_on/created_at/joined_on: start
product/article/item
  name/product_name/title: product
  category/product_group/department: kind garden, kitchen, sports, toys, office, books
  price/list_price/unit_price: money 3, 400
  cost/purchase_price/unit_cost: money 1, 250
  stock/units_in_stock/stock_quantity: count 0, 500
  is_discontinued/discontinued/retired: flag
  launched_on/added_on: start
order/purchase/sales_order > customer
  placed_on/order_date/ordered_at/created_on: start
  promised_on/promised_date/required_date: due 3, 20
  shipped_on/shipped_at/ship_date/dispatched_on: done 0.25
  status/order_status/state: kind new, paid, shipped, returned, cancelled
  channel/source/sales_channel: kind web, store, phone, app
  total/order_total/amount: money 10, 900
  discount/discount_given/voucher_value: money 0, 90
  shipping_cost/freight/delivery_fee: money 0, 30
  is_gift/gift/gift_wrapped: flag
order_line/order_item/basket_item > order product
  quantity/qty/pieces: count 1, 9
  unit_price/price/sold_price: money 3, 400
  discount/line_discount: money 0, 40
return/return_request/refund > order
  requested_on/return_date/created_at: start
  reason/return_reason: kind damaged, wrong size, late, unwanted
  refund_amount/amount/refunded: money 5, 300
  is_approved/approved: flag
product_review/rating > product customer
  written_on/posted_at/review_date: start
  rating/score/star_rating: count 1, 5
  is_verified/verified: flag
"""

SUBSCRIPTIONS = """
account/workspace/organisation/tenant
  name/account_name/company: company
  country/region: country
  size/company_size/segment: kind small, medium, large, enterprise
  owner_email/email: email
  is_trial/trial/on_trial: flag
  created_at/signed_up_on/registered_at: start
plan/price_plan/tariff
  name/plan_name: thing Basic, Starter, Team, Business, Premium
  monthly_price/price/monthly_fee: money 9, 300
  billing_period/interval: kind monthly, yearly
  seats/included_seats: count 1, 100
  is_public/listed: flag
subscription/contract/membership > account plan
  started_on/start_date/activated_at: start
  renews_on/renewal_date/next_renewal: due 30, 365
  cancelled_on/ended_at/churned_on: done 0.7
  status/state/subscription_status: kind active, paused, cancelled, expired
  seats/seat_count/users: count 1, 80
  mrr/monthly_revenue/recurring_amount: money 9, 2000
  discount_percent/discount_rate: percent
charge/payment/transaction > subscription
  charged_on/created_at/charge_date: start
  amount/charged_amount/value: money 9, 900
  status/outcome/result: kind succeeded, failed, pending, refunded
  method/payment_type: kind card, invoice, direct debit
  failure_code/error_code: kind 51, 54, 61
user/seat_user/team_member > account
  name/full_name/display_name: person
  role/user_role: kind admin, editor, viewer
  is_active/active/enabled: flag
  last_login/last_seen_at/last_active_on: done 0.2
  invited_on/created_at: start
usage/usage_record/daily_usage > account
  day/used_on/usage_date: start
  api_calls/calls/requests: count 0, 5000
  storage_gb/gigabytes: money 0, 90
"""

SALES = """
company/organization/account/prospect
  name/company_name: company
  country/region/territory: country
  employees/headcount/number_of_employees: count 5, 4000
  annual_revenue/revenue/turnover: money 50000, 9000000
  type/company_type/category: kind lead, customer, partner, competitor
contact/person/contact_person > company
  name/full_name/contact_name: person
  job_title/position/function: kind buyer, director, engineer, assistant
  email/mail/email_address: email
  phone/telephone: phone
  opted_out/do_not_call/unsubscribed: flag
rep/salesperson/seller/account_manager
  name/full_name/rep_name: person
  territory/region/area: kind north, south, east, west
  quota/target/sales_target: money 20000, 400000
  is_active/active/employed: flag
deal/opportunity/sales_case > company rep
  name/deal_name/title: product
  value/amount/deal_value/expected_revenue: money 500, 80000
  stage/pipeline_stage/status: kind new, qualified, proposal, won, lost
  win_rate/chance_percent/probability_percent: percent
  created_on/opened_on/created_at: start
  expected_on/expected_close/forecast_date: due 20, 150
  closed_on/closed_at/close_date: done 0.4
  source/lead_source/origin: kind web, referral, fair, cold call
activity/task/touchpoint > deal rep
  type/activity_type/kind: kind call, meeting, mail, demo
  scheduled_on/planned_for/due_date: start
  completed_on/done_on/held_at: done 0.3
  duration_minutes/minutes/length_minutes: count 5, 120
quote/offer/proposal > deal
  sent_on/offer_date/issued_on: start
  valid_until/expires_on: due 14, 60
  accepted_on/signed_on: done 0.55
  total/amount/offer_total: money 300, 60000
  discount/discount_offered: money 0, 4000
"""

DONATIONS = """
donor/supporter/giver
  name/donor_name/full_name: person
  type/donor_type: kind private, company, foundation
  city/town: city
  country/home_country: country
  is_anonymous/anonymous: flag
  first_gift_on/registered_on: start
campaign/appeal/fundraiser
  name/title/campaign_name: product
  goal/target_amount/goal_amount: money 3000, 90000
  launched_on/start_date: start
  ends_on/end_date/planned_end: due 30, 120
  channel/medium: kind letter, street, online, event
  is_open/open/active: flag
donation/gift/contribution > donor campaign
  given_on/donated_on/gift_date/received_at: start
  amount/gift_amount/donated_amount: money 5, 900
  method/payment_method: kind card, transfer, cash
  is_recurring/recurring/monthly: flag
  receipt_sent_on/acknowledged_on/thanked_on: done 0.3
pledge/commitment > donor campaign
  made_on/pledge_date/promised_on: start
  amount/pledged_amount/promised_amount: money 20, 2000
  due_on/due_date: due 30, 90
  fulfilled_on/paid_on: done 0.4
volunteer_shift/shift > campaign
  held_on/shift_date/day: start
  hours/shift_hours: hours 1, 8
  volunteers/people/helpers: count 1, 15
"""
