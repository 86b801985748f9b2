"""What a parquet file says about itself, in the Thrift structs at its end."""
