"""The verified pairs and the glossary of the sample bookshop; `bookshop` writes them as files."""

from __future__ import annotations

from collections.abc import Mapping

_REVENUE = "SUM(order_line.quantity * order_line.unit_price * (1 - order_line.discount))"

# A query with LIMIT decides ties by a further sort key: every engine has to give the same answer.
VERIFIED: tuple[tuple[str, str], ...] = (
    ("How many customers do we have?", "SELECT COUNT(*) FROM customer"),
    ("How many orders were cancelled?", "SELECT COUNT(*) FROM orders WHERE status = 'C'"),
    (
        "How many orders were returned in 2024?",
        "SELECT COUNT(*) FROM orders WHERE status = 'R' "
        "AND ordered_on >= '2024-01-01' AND ordered_on < '2025-01-01'",
    ),
    (
        "How many orders came in through each channel?",
        "SELECT channel, COUNT(*) FROM orders GROUP BY channel",
    ),
    (
        "Which hardcover books cost more than 35?",
        "SELECT title FROM book WHERE format = 'HC' AND price > 35",
    ),
    (
        "What is the average price of a paperback?",
        "SELECT AVG(price) FROM book WHERE format = 'PB'",
    ),
    (
        "List the five most expensive books.",
        "SELECT title, price FROM book ORDER BY price DESC, title LIMIT 5",
    ),
    ("Which books are sold out?", "SELECT title FROM book WHERE stock = 0"),
    ("How many school customers are there?", "SELECT COUNT(*) FROM customer WHERE segment = 'S'"),
    (
        "Show the emails of our business customers in Germany.",
        "SELECT email FROM customer WHERE segment = 'B' AND country_code = 'DE'",
    ),
    (
        "How many customers does each country have?",
        "SELECT country.name, COUNT(*) FROM customer "
        "JOIN country ON customer.country_code = country.country_code GROUP BY country.name",
    ),
    (
        "Which author wrote the most books?",
        "SELECT author.name FROM book JOIN author ON book.author_id = author.author_id "
        "GROUP BY author.author_id, author.name ORDER BY COUNT(*) DESC, author.name LIMIT 1",
    ),
    (
        "Which authors have no book?",
        "SELECT name FROM author WHERE author_id NOT IN (SELECT author_id FROM book)",
    ),
    (
        "What are the titles of the crime novels?",
        "SELECT book.title FROM book JOIN genre ON book.genre_code = genre.genre_code "
        "WHERE genre.name = 'Crime'",
    ),
    ("What is the total revenue?", f"SELECT {_REVENUE} FROM order_line"),
    (
        "How much revenue did we make in 2025?",
        f"SELECT {_REVENUE} FROM order_line "
        "JOIN orders ON order_line.order_id = orders.order_id "
        "WHERE orders.ordered_on >= '2025-01-01' AND orders.ordered_on < '2026-01-01'",
    ),
    (
        "What is the revenue by genre?",
        f"SELECT genre.name, {_REVENUE} FROM order_line "
        "JOIN book ON order_line.book_id = book.book_id "
        "JOIN genre ON book.genre_code = genre.genre_code GROUP BY genre.name",
    ),
    (
        "What are our ten best selling books?",
        "SELECT book.title FROM order_line JOIN book ON order_line.book_id = book.book_id "
        "GROUP BY book.book_id, book.title "
        "ORDER BY SUM(order_line.quantity) DESC, book.title LIMIT 10",
    ),
    (
        "Which month had the highest revenue?",
        "SELECT month FROM monthly_sales ORDER BY revenue DESC LIMIT 1",
    ),
    (
        "Who manages Riverside Books?",
        "SELECT employee.full_name FROM employee "
        "JOIN store ON employee.store_id = store.store_id "
        "WHERE store.name = 'Riverside Books' AND employee.role = 'Manager'",
    ),
    (
        "What do booksellers earn on average?",
        "SELECT AVG(salary) FROM employee WHERE role = 'Bookseller'",
    ),
    (
        "How many people work in each store?",
        "SELECT store.name, COUNT(*) FROM employee "
        "JOIN store ON employee.store_id = store.store_id GROUP BY store.name",
    ),
    ("Which store opened last?", "SELECT name FROM store ORDER BY opened_on DESC LIMIT 1"),
    (
        "Which books have an average rating below 2.5?",
        "SELECT book.title FROM review JOIN book ON review.book_id = book.book_id "
        "GROUP BY book.book_id, book.title HAVING AVG(review.rating) < 2.5",
    ),
    (
        "Which customers have never ordered anything?",
        "SELECT first_name, last_name FROM customer "
        "WHERE customer_id NOT IN (SELECT customer_id FROM orders)",
    ),
    (
        "How many orders are waiting to be shipped?",
        "SELECT COUNT(*) FROM orders WHERE status IN ('N', 'P')",
    ),
)

GLOSSARY: tuple[Mapping[str, str], ...] = (
    {"term": "revenue", "meaning": "money taken after discounts", "expression": _REVENUE},
    {"term": "units sold", "expression": "SUM(order_line.quantity)"},
    {
        "term": "stock value",
        "meaning": "what the books on the shelves would sell for",
        "expression": "SUM(book.price * book.stock)",
    },
    {"term": "delivered orders", "expression": "orders.status = 'D'"},
    {"term": "cancelled orders", "expression": "orders.status = 'C'"},
    {"term": "web orders", "expression": "orders.channel = 'web'"},
    {"term": "paperbacks", "expression": "book.format = 'PB'"},
    {"term": "audiobooks", "expression": "book.format = 'AU'"},
    {"term": "business customers", "expression": "customer.segment = 'B'"},
    {"term": "branch", "meaning": "store"},
    {"term": "client", "meaning": "customer"},
    {"term": "staff", "meaning": "employee"},
    {"term": "whodunit", "meaning": "Crime"},
)
