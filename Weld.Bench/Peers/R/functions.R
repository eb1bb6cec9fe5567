# The kernels in data.table.
library(data.table)
library(bit64)

version_of <- function() sprintf("data.table %s, R %s.%s", packageVersion("data.table"), R.version$major, R.version$minor)

# The columns of an answer; lists of numbers as their lengths and all their values.
columns_of <- function(answer) {
    if (!is.data.table(answer)) return(list(answer))
    unlist(lapply(as.list(answer), function(column) if (is.list(column)) list(lengths(column), do.call(c, column)) else list(column)), recursive = FALSE)
}

group_sum <- function(k, v) {
    t <- data.table(k, v)
    function() t[, .(v = sum(v)), by = k]
}

sort_rows <- function(v) {
    t <- data.table(v)
    function() t[order(v)]
}

functions <- list(
    sum = function(v) {
        t <- data.table(v)
        function() t[, sum(v)]
    },
    map_filter_sum = function(v) {
        t <- data.table(v)
        function() t[v * 2 + 1 > 2, sum(v * 2 + 1)]
    },
    q6 = function(day, discount, quantity, price) {
        t <- data.table(day, discount, quantity, price)
        function() t[day >= 19940101L & day < 19950101L & discount >= 0.05 & discount <= 0.07 & quantity < 24, sum(price * discount)]
    },
    filter = function(v, limit) {
        t <- data.table(v)
        function() t[v < limit]
    },
    q1 = function(flag, status, quantity, price, discount, tax, day) {
        t <- data.table(flag = as.integer(flag), status = as.integer(status), quantity, price, discount, tax, day)
        function() t[day <= 19980902L,
            .(sum(quantity), sum(price), sum(price * (1 - discount)), sum(price * (1 - discount) * (1 + tax)), sum(discount), .N),
            by = .(flag, status)]
    },
    group_sum = group_sum,
    group_sum_text = group_sum,
    group_values = function(k, v) {
        t <- data.table(k, v)
        function() t[, .(v = list(v)), by = k]
    },
    histogram = function(bin, zeros) {
        t <- data.table(bin)
        function() t[, .N, by = bin]
    },
    join = function(build, payload, probe, value) {
        small <- data.table(k = build, payload)
        large <- data.table(k = probe, value)
        function() small[large, on = "k", nomatch = NULL, .(value, payload)]
    },
    sort_i64 = sort_rows,
    sort_f64 = sort_rows,
    sort_text = sort_rows
)
