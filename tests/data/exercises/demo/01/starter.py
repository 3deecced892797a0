def double(x):
    todo()
