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

-- normal_tail(z): chance of a standard normal value above z; relative error below 2e-7 (Chebyshev fit of erfc).
CREATE MACRO erfc_fit(t, z) AS
  t * exp(-z * z - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
    + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));

CREATE MACRO normal_tail(z) AS
  CASE WHEN z >= 0 THEN 0.5 * erfc_fit(1 / (1 + 0.5 * abs(z) / sqrt(2.0)), abs(z) / sqrt(2.0))
       ELSE 1 - 0.5 * erfc_fit(1 / (1 + 0.5 * abs(z) / sqrt(2.0)), abs(z) / sqrt(2.0)) END;

-- peizer(y): the function g of Peizer and Pratt (1968), continued at 0 and 1.
CREATE MACRO peizer(y) AS
  CASE WHEN y <= 0 THEN 1.0 WHEN abs(y - 1) < 1e-4 THEN (1 - y) / 3
       ELSE (1 - y * y + 2 * y * ln(y)) / ((1 - y) * (1 - y)) END;

-- binomial_deviate(x, n, p): normal deviate of P(X <= x) for a binomial count; x and n may be broken numbers.
CREATE MACRO binomial_deviate(x, n, p) AS
  (x + 2 / 3.0 - (n + 1 / 3.0) * p + 0.02 * ((1 - p) / (x + 1) - p / (n - x) + (0.5 - p) / (n + 1)))
    / sqrt((n + 1 / 6.0) * p * (1 - p))
    * sqrt(greatest(0.0, 1 + (1 - p) * peizer((x + 0.5) / (n * p)) + p * peizer((n - x - 0.5) / (n * (1 - p)))));

-- binomial_tail(k, n, p): P(X >= k), within some per cent of the exact value far into the tail.
CREATE MACRO binomial_tail(k, n, p) AS
  CASE WHEN k <= 0 THEN 1.0 WHEN k >= n THEN pow(p, n) ELSE normal_tail(binomial_deviate(k - 1, n, p)) END;

-- count_tail(k, mean, dispersion): P(X >= k) when the variance is mean + dispersion * mean^2 (0: Poisson).
CREATE MACRO count_tail(k, mean, dispersion) AS
  CASE WHEN k <= 0 THEN 1.0 WHEN mean <= 0 THEN 0.0
       WHEN dispersion < 1e-6 THEN normal_tail((k - 1 / 3.0 - mean + 0.02 / k) / sqrt(mean)
         * sqrt(1 + peizer((k - 0.5) / mean)))
       ELSE normal_tail(-binomial_deviate(1 / dispersion - 1, k + 1 / dispersion - 1, 1 / (1 + dispersion * mean))) END;
