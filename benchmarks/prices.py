"""Public on-demand prices in us-east-1, in USD, without free tiers."""

# https://aws.amazon.com/lambda/pricing/
LAMBDA_ARM64_GB_SECOND = 0.0000133334
LAMBDA_X86_64_GB_SECOND = 0.0000166667
LAMBDA_REQUEST = 0.0000002
# https://aws.amazon.com/step-functions/pricing/ (standard workflows; a retry is a transition as well)
STEP_FUNCTIONS_TRANSITION = 0.000025
# https://aws.amazon.com/eventbridge/pricing/ (rules that run on a schedule are free)
SCHEDULER_INVOCATION = 0.000001
