-- Scalar macros: intervals and tails.  The same formulas in Python, with their sources: tasks/analyse/statistics.py.

-- share_low(count, total): lower end of Wilson's 95 % interval of a share.
CREATE MACRO share_low(k, n) AS
  CASE WHEN n > 0 THEN greatest(0.0, (k + 1.920729410347062 - 1.959963984540054
    * sqrt(greatest(k * (n - k) / CAST(n AS DOUBLE), 0.0) + 0.960364705173531)) / (n + 3.841458820694124)) END;

-- share_high(count, total): upper end of the same interval.
CREATE MACRO share_high(k, n) AS
  CASE WHEN n > 0 THEN least(1.0, (k + 1.920729410347062 + 1.959963984540054
    * sqrt(greatest(k * (n - k) / CAST(n AS DOUBLE), 0.0) + 0.960364705173531)) / (n + 3.841458820694124)) END;

-- scaled_low(count, total, factor): the lower end when the variance is *factor* times the binomial one.
CREATE MACRO scaled_low(k, n, factor) AS
  greatest(0.0, (k + 1.920729410347062 * factor - sqrt(3.841458820694124 * factor)
    * sqrt(greatest(k * (n - k) / CAST(n AS DOUBLE), 0.0) + 0.960364705173531 * factor)) / (n + 3.841458820694124 * factor));

-- scaled_high(count, total, factor): the upper end.
CREATE MACRO scaled_high(k, n, factor) AS
  least(1.0, (k + 1.920729410347062 * factor + sqrt(3.841458820694124 * factor)
    * sqrt(greatest(k * (n - k) / CAST(n AS DOUBLE), 0.0) + 0.960364705173531 * factor)) / (n + 3.841458820694124 * factor));

-- normal_tail(z): chance of a standard normal value above z, within .3 % of it (Börjesson and Sundberg, 1979).
CREATE MACRO normal_tail(z) AS
  CASE WHEN z >= 0 THEN exp(-z * z / 2) / 2.5066282746310002 / (0.661 * z + 0.339 * sqrt(z * z + 5.51))
       ELSE 1 - exp(-z * z / 2) / 2.5066282746310002 / (-0.661 * z + 0.339 * sqrt(z * z + 5.51)) END;

-- peizer(y): the function g of Peizer and Pratt (1968), continued at 0 and 1.  Like the next ones it wants plain columns:
-- DuckDB copies the expression for every use, so a query computes y, g, the deviate and its tail in steps of their own.
CREATE MACRO peizer(y) AS
  CASE WHEN y <= 0 THEN 1.0 WHEN abs(y - 1) < 1e-4 THEN (1 - y) / 3
       ELSE (1 - y * y + 2 * y * ln(y)) / ((1 - y) * (1 - y)) END;

-- binomial_deviate(x, n, p, g_low, g_high): normal deviate of P(X <= x) for a binomial count; x and n may be broken numbers.
-- g_low is peizer((x + .5) / (n p)), g_high is peizer((n - x - .5) / (n (1 - p))).
CREATE MACRO binomial_deviate(x, n, p, g_low, g_high) AS
  (x + 2 / 3.0 - (n + 1 / 3.0) * p + 0.02 * ((1 - p) / (x + 1) - p / (n - x) + (0.5 - p) / (n + 1)))
    / sqrt((n + 1 / 6.0) * p * (1 - p)) * sqrt(greatest(0.0, 1 + (1 - p) * g_low + p * g_high));

-- binomial_tail(x, n, p, z): P(X > x), some per cent off far into the tail; z is binomial_deviate(x, n, p, …).
CREATE MACRO binomial_tail(x, n, p, z) AS
  CASE WHEN x <= -1 THEN 1.0 WHEN x + 1 >= n THEN pow(p, n) ELSE normal_tail(z) END;
