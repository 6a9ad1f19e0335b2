# Runs CooRTweet on one table: run by bench/coordination.
#
#   Rscript coordination_coortweet.R SOURCES SHARES.csv WINDOW EDGES.csv
#
# SOURCES is the folder R/ of a clone of CooRTweet; nothing of it is in this repository.
suppressPackageStartupMessages({
  library(data.table)
  library(igraph)
})
args <- commandArgs(trailingOnly = TRUE)
wanted <- c("calc_group_combinations", "detect_groups", "generate_coordinated_network")
for (name in wanted) source(file.path(args[1], paste0(name, ".R")))
x <- fread(args[2], colClasses = list(character = c("object_id", "account_id", "content_id")))
pairs <- detect_groups(x, time_window = as.numeric(args[3]), min_participation = 2)
network <- generate_coordinated_network(pairs, edge_weight = 0.5)
edges <- as_data_frame(network, "edges")
setDT(edges)
swap <- edges$from > edges$to
stopifnot(!any(swap))
fwrite(edges[order(from, to, method = "radix")], args[4])
