from embedded_account import account_of_its_own, until


def test_time_alone_sets_an_alarm_off() -> None:
    with account_of_its_own(speed=7200) as account:
        client = account.cloudwatch
        datum = {"MetricName": "imports", "Value": 1, "Timestamp": account.aws.clock.now()}
        client.put_metric_data(Namespace="Test", MetricData=[datum])
        client.put_metric_alarm(
            AlarmName="stale",
            Namespace="Test",
            MetricName="imports",
            Statistic="Sum",
            Period=3600,
            EvaluationPeriods=3,
            Threshold=1.0,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="breaching",
        )
        until(lambda: client.describe_alarms(AlarmNames=["stale"])["MetricAlarms"][0]["StateValue"] == "ALARM", 30)
