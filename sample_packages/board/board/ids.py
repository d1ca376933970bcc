"""The permanent ids of board, made with `peers id`."""

PACKAGE = "0mx2bnf3y1or6fv4b6vqsbqd5"

BOARD = "0mx2bnfshywullnsx2a2owjww"
COUNTER = "0mx2bngi034mmgjfxlgfjwsis"
GUESTS = "0mx2bnh373n7col8n6whka4l7"
TASKS = "0mx2jpx5s3vz9od06o37cgwzt"
