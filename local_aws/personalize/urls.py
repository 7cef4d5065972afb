"""personalize base URL and path, in the form that moto reads."""

from local_aws.personalize.responses import PersonalizeResponse

url_bases = [r"https?://personalize\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/$": PersonalizeResponse.dispatch}
