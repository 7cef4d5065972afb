"""Amazon CloudWatch: moto keeps metrics and alarms; here log lines become metrics, and alarms change their state."""
