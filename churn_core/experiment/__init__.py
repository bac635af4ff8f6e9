"""The closed loop: draw a control group, measure the campaign, correct the success rate, plan the next. See LOOP.md."""
