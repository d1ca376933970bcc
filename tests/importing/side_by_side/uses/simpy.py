"""Simulates two processes that share a resource."""

import simpy


def use() -> object:
    environment = simpy.Environment()
    resource = simpy.Resource(environment, capacity=1)
    ended: list[int] = []

    def process() -> object:
        with resource.request() as request:
            yield request
            yield environment.timeout(5)
        ended.append(environment.now)

    environment.process(process())
    environment.process(process())
    environment.run()
    assert ended == [5, 10]
    return environment
