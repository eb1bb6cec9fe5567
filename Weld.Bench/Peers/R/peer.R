# A peer in R: does what it is asked on stdin, a line each, and replies on stdout (Conversation.cs says what).
# Arguments: the file of its functions, and the number of threads. A function makes its arguments what is native, and gives the function to be timed.
arguments <- commandArgs(trailingOnly = TRUE)

reply <- function(...) {
    cat(substr(gsub("\\s+", " ", paste(...)), 1, 300), "\n", sep = "")
    flush(stdout())
}

clocks <- list(wall = function() as.numeric(Sys.time()), cpu = function() sum(proc.time()[c("user.self", "sys.self")]))

# The time of the processor comes in milliseconds: runs go on until there are enough of them.
least <- list(wall = 0, cpu = 0.02)

# Arrays in .npy files: bytes as raw, long integers as integer64, which keeps them in the bits of doubles.
read_npy <- function(file) {
    connection <- file(file, "rb")
    on.exit(close(connection))
    start <- readBin(connection, "raw", 10)
    header <- rawToChar(readBin(connection, "raw", as.integer(start[9]) + 256L * as.integer(start[10])))
    type <- sub(".*'descr': '.(..)'.*", "\\1", header)
    count <- (file.size(file) - 10 - nchar(header)) / as.integer(substr(type, 2, 2))
    switch(type,
        u1 = readBin(connection, "raw", count),
        i4 = readBin(connection, "integer", count),
        i8 = structure(readBin(connection, "double", count), class = "integer64"),
        f4 = readBin(connection, "double", count, size = 4),
        f8 = readBin(connection, "double", count))
}

write_npy <- function(file, values) {
    type <- if (is.raw(values)) "|u1" else if (is.integer(values)) "<i4" else if (inherits(values, "integer64")) "<i8" else "<f8"
    header <- sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }", type, length(values))
    header <- paste0(formatC(header, width = -(64 * ceiling((11 + nchar(header)) / 64) - 11)), "\n")
    connection <- file(file, "wb")
    on.exit(close(connection))
    writeBin(as.raw(c(0x93, utf8ToInt("NUMPY"), 1, 0, nchar(header), 0)), connection)
    writeBin(charToRaw(header), connection)
    writeBin(unclass(values), connection)
}

load_arguments <- function(folder) {
    values <- list()
    while (file.exists(file <- file.path(folder, paste0(length(values), ".npy")))) {
        value <- read_npy(file)
        offsets <- file.path(folder, paste0(length(values), ".offsets.npy"))
        if (file.exists(offsets)) {
            offsets <- read_npy(offsets)
            value <- substring(rawToChar(value), head(offsets, -1) + 1L, offsets[-1])
        }
        values <- c(values, list(value))
    }
    values
}

save_answer <- function(folder, columns) {
    for (i in seq_along(columns)) {
        file <- file.path(folder, i - 1)
        column <- columns[[i]]
        if (is.character(column)) {
            write_npy(paste0(file, ".offsets.npy"), c(0L, cumsum(nchar(column, "bytes"))))
            column <- charToRaw(paste(column, collapse = ""))
        }
        write_npy(paste0(file, ".npy"), column)
    }
}

serve <- function(functions) {
    run <- NULL
    input <- file("stdin", "r")
    while (length(line <- readLines(input, 1)) > 0) {
        words <- strsplit(line, " ", fixed = TRUE)[[1]]
        folder <- function(from) paste(words[from:length(words)], collapse = " ")
        tryCatch(
            switch(words[1],
                enter = {
                    run <- if (is.null(functions[[words[2]]])) NULL else do.call(functions[[words[2]]], load_arguments(folder(3)))
                    reply(if (is.null(run)) "declined" else "entered 0")
                },
                time = {
                    clock <- clocks[[words[2]]]
                    runs <- as.integer(words[3])
                    done <- 0
                    start <- clock()
                    repeat {
                        for (i in seq_len(runs)) run()
                        done <- done + runs
                        took <- clock() - start
                        if (took >= least[[words[2]]]) break
                    }
                    reply("took", sprintf("%.9f", took * runs / done))
                },
                answer = {
                    columns <- columns_of(run())
                    save_answer(folder(2), columns)
                    reply("answered", length(columns))
                },
                trim = {
                    gc()
                    reply("trimmed")
                },
                leave = {
                    run <- columns <- NULL
                    gc()
                    reply("left")
                }),
            error = function(e) reply("failed", conditionMessage(e)))
    }
}

missing <- Filter(function(name) !requireNamespace(name, quietly = TRUE), c("data.table", "bit64"))
if (length(missing) > 0) {
    reply("absent", paste(missing, collapse = " and "), "not installed (peers.sh installs it)")
} else {
    suppressPackageStartupMessages(source(arguments[1]))
    data.table::setDTthreads(as.integer(arguments[2]))
    reply("ready", version_of())
    serve(functions)
}
