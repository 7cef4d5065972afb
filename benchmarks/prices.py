"""Public on-demand prices in us-east-1, in USD, without free tiers."""

# https://aws.amazon.com/lambda/pricing/
LAMBDA_ARM64_GB_SECOND = 0.0000133334
LAMBDA_X86_64_GB_SECOND = 0.0000166667
LAMBDA_REQUEST = 0.0000002
# https://aws.amazon.com/step-functions/pricing/ (standard workflows; a retry is a transition as well)
STEP_FUNCTIONS_TRANSITION = 0.000025
# https://aws.amazon.com/eventbridge/pricing/ (rules that run on a schedule are free)
SCHEDULER_INVOCATION = 0.000001
# The same page, June 2026: an event of one's own on a bus; those of AWS, and rules, are free.
EVENT = 0.000001
# https://aws.amazon.com/dynamodb/pricing/on-demand/ (since November 2024; a strongly consistent read of up to 4 KB)
DYNAMODB_READ = 0.000000125
# https://aws.amazon.com/cloudwatch/pricing/ (the first 10,000 of one's own, by the hours that have data)
METRIC_MONTH = 0.30
