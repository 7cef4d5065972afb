"""Amazon EventBridge: moto keeps buses and rules, this room lets rules fire by schedule and reach more targets."""
