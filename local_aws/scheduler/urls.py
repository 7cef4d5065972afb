"""EventBridge Scheduler's base URL and paths, in the form that moto reads."""

import moto.scheduler.urls

from local_aws.scheduler.responses import SchedulerResponse

url_bases = moto.scheduler.urls.url_bases

url_paths = dict.fromkeys(moto.scheduler.urls.url_paths, SchedulerResponse.dispatch)
