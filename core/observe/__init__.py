"""Looking into a pipeline that runs: `wugan top`, Prometheus, OpenTelemetry, and a Rerun viewer."""
