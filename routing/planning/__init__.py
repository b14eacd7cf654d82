"""Planning: how many calls will come, and who should be there.

`volumes` holds counts by interval, `forecasting` says what comes next, `shifts` and `scheduling` cover a
requirement by shifts with breaks, `improving` tries a schedule on the live engine.

Everything here needs the extra ``planning`` (numpy, scipy); nothing of the base install imports it.
"""
