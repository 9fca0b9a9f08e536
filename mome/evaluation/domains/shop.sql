CREATE TABLE category (category_id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE product (sku TEXT PRIMARY KEY, title TEXT NOT NULL, category_id INTEGER REFERENCES category,
  list_price DECIMAL(8, 2) NOT NULL, in_stock INTEGER NOT NULL);
CREATE TABLE shopper (shopper_id INTEGER PRIMARY KEY, email TEXT NOT NULL, country TEXT NOT NULL,
  joined_on DATE NOT NULL);
CREATE TABLE purchase (purchase_id INTEGER PRIMARY KEY, shopper_id INTEGER NOT NULL REFERENCES shopper,
  bought_on DATE NOT NULL, state TEXT NOT NULL, shipping DECIMAL(6, 2) NOT NULL);
CREATE TABLE purchase_line (purchase_id INTEGER NOT NULL REFERENCES purchase,
  sku TEXT NOT NULL REFERENCES product, quantity INTEGER NOT NULL, unit_price DECIMAL(8, 2) NOT NULL,
  PRIMARY KEY (purchase_id, sku));
CREATE TABLE review (review_id INTEGER PRIMARY KEY, sku TEXT NOT NULL REFERENCES product,
  shopper_id INTEGER NOT NULL REFERENCES shopper, stars INTEGER NOT NULL, written_on DATE NOT NULL);
INSERT INTO category VALUES (1, 'Kitchen'), (2, 'Garden'), (3, 'Toys');
INSERT INTO product VALUES ('K1', 'Chef knife', 1, 49.9, 20), ('K2', 'Cutting board', 1, 19.5, 0),
  ('K3', 'Kettle', 1, 35, 12), ('G1', 'Rake', 2, 15, 40), ('G2', 'Hose', 2, 27.25, 5),
  ('T1', 'Kite', 3, 12, 33), ('T2', 'Puzzle', 3, 9.99, 0), ('X1', 'Gift card', NULL, 25, 999);
INSERT INTO shopper VALUES (1, 'amy@example.org', 'Ireland', '2022-01-10'),
  (2, 'bob@example.org', 'Germany', '2022-06-05'), (3, 'cem@example.org', 'Germany', '2023-02-14'),
  (4, 'dee@example.org', 'France', '2023-03-01'), (5, 'eli@example.org', 'Ireland', '2024-01-22'),
  (6, 'flo@example.org', 'France', '2024-04-30');
INSERT INTO purchase VALUES (1, 1, '2023-05-02', 'delivered', 4.9), (2, 2, '2023-05-20', 'delivered', 0),
  (3, 1, '2023-11-24', 'returned', 4.9), (4, 3, '2024-01-03', 'delivered', 6.5),
  (5, 4, '2024-01-19', 'cancelled', 0), (6, 2, '2024-02-11', 'delivered', 0),
  (7, 3, '2024-02-27', 'delivered', 6.5), (8, 5, '2024-03-08', 'open', 4.9);
INSERT INTO purchase_line VALUES (1, 'K1', 1, 49.9), (1, 'K2', 2, 19.5), (2, 'G1', 1, 15),
  (2, 'G2', 1, 25), (3, 'K3', 1, 35), (4, 'T1', 3, 12), (4, 'T2', 1, 9.99), (5, 'K1', 1, 45),
  (6, 'G2', 2, 27.25), (7, 'K3', 1, 33), (7, 'X1', 1, 25), (8, 'T1', 1, 12);
INSERT INTO review VALUES (1, 'K1', 1, 5, '2023-05-20'), (2, 'K2', 1, 2, '2023-05-21'),
  (3, 'G1', 2, 4, '2023-06-01'), (4, 'T1', 3, 5, '2024-01-15'), (5, 'T2', 3, 3, '2024-01-15'),
  (6, 'G2', 2, 1, '2024-02-28');
