-- Tables of the retailer's data warehouse; warehouse_dw_database.py fills them.
CREATE TABLE dim_date (
  -- the day as a number: 20240131 is 31 January 2024
  date_key INTEGER PRIMARY KEY, full_date DATE NOT NULL, year INTEGER NOT NULL,
  quarter INTEGER NOT NULL, month INTEGER NOT NULL, month_name TEXT NOT NULL,
  weekday TEXT NOT NULL, is_holiday INTEGER NOT NULL);
CREATE TABLE dim_store (
  store_key INTEGER PRIMARY KEY, store_name TEXT NOT NULL UNIQUE, city TEXT NOT NULL,
  region TEXT NOT NULL, store_format TEXT NOT NULL, sales_area_sqm INTEGER NOT NULL,
  opened_date DATE NOT NULL);
CREATE TABLE dim_product (
  product_key INTEGER PRIMARY KEY, product_name TEXT NOT NULL UNIQUE, category TEXT NOT NULL,
  subcategory TEXT NOT NULL, brand TEXT NOT NULL, list_price DECIMAL(10, 2) NOT NULL,
  is_discontinued INTEGER NOT NULL);
CREATE TABLE dim_customer (
  customer_key INTEGER PRIMARY KEY, customer_name TEXT NOT NULL UNIQUE, segment TEXT NOT NULL,
  city TEXT NOT NULL,
  -- NULL for customers who are not in the loyalty programme
  loyalty_tier TEXT);
CREATE TABLE dim_promotion (
  promotion_key INTEGER PRIMARY KEY, promotion_name TEXT NOT NULL UNIQUE,
  promotion_type TEXT NOT NULL, start_date_key INTEGER NOT NULL REFERENCES dim_date (date_key),
  end_date_key INTEGER NOT NULL REFERENCES dim_date (date_key));
CREATE TABLE fact_sales (
  sale_key INTEGER PRIMARY KEY, date_key INTEGER NOT NULL REFERENCES dim_date (date_key),
  store_key INTEGER NOT NULL REFERENCES dim_store (store_key),
  product_key INTEGER NOT NULL REFERENCES dim_product (product_key),
  -- NULL for a customer who is not known by name
  customer_key INTEGER REFERENCES dim_customer (customer_key),
  promotion_key INTEGER REFERENCES dim_promotion (promotion_key), receipt_no INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  -- gross before, net after the discount
  gross_amount DECIMAL(12, 2) NOT NULL, net_amount DECIMAL(12, 2) NOT NULL,
  cost_amount DECIMAL(12, 2) NOT NULL);
CREATE TABLE fact_returns (
  return_key INTEGER PRIMARY KEY, sale_key INTEGER NOT NULL REFERENCES fact_sales (sale_key),
  date_key INTEGER NOT NULL REFERENCES dim_date (date_key),
  store_key INTEGER NOT NULL REFERENCES dim_store (store_key),
  product_key INTEGER NOT NULL REFERENCES dim_product (product_key), quantity INTEGER NOT NULL,
  refund_amount DECIMAL(12, 2) NOT NULL, return_reason TEXT);
CREATE TABLE fact_inventory_snapshot (
  -- the last day of a month
  date_key INTEGER NOT NULL REFERENCES dim_date (date_key),
  store_key INTEGER NOT NULL REFERENCES dim_store (store_key),
  product_key INTEGER NOT NULL REFERENCES dim_product (product_key),
  on_hand_quantity INTEGER NOT NULL, on_order_quantity INTEGER NOT NULL,
  PRIMARY KEY (date_key, store_key, product_key));
