"""The English words of the rules for routes, destinations, gateways, services and imports."""

from __future__ import annotations

from mesh_graph.views.check_words import ConfigWords, Entry

__all__ = ["ROUTING"]

ROUTING: dict[str, Entry] = {
    "MSH0001": Entry(
        "A value of the wrong type",
        ConfigWords(
            "{value} stands where a {expected} belongs.",
            "An API server refuses the object, and what is below the value has not been checked here.",
            "Write a {expected}. What is meant as a text and looks like a number or a truth value takes "
            'quotes: `"1.10"`, `"on"`.',
        ),
    ),
    "KIA0201": Entry(
        "More than one DestinationRules for the same host subset combination",
        ConfigWords(
            "The host {host} with the same subsets is claimed by {others}, too.",
            "Which of the policies holds depends on the order in which the rules were created, and on"
            " the caller's namespace.",
            "Merge them into one DestinationRule of the host, and delete the others.",
        ),
    ),
    "KIA0202": Entry(
        "This host has no matching entry in the service registry (service, workload or service entries)",
        ConfigWords(
            "There is neither a Service nor a ServiceEntry {host}.",
            "The rule has no effect: its subsets and policies apply to nothing.",
            "Name a service that exists: short within the own namespace, else in full "
            "(name.namespace.svc.cluster.local).",
        ),
        close="{close} was probably meant.",
    ),
    "KIA0203": Entry(
        "This subset's labels are not found in any matching host",
        ConfigWords(
            "No workload behind {host} carries the labels of subset {subset}: {labels}.",
            "Traffic that a route sends to the subset has nobody to answer it: 503, flag UH. As long as no "
            "route names it, which makes the finding unknown, it does no harm.",
            "Correct the labels, deploy pods that carry them, or take the subset away together with the "
            "routes to it.",
        ),
        there="There are the versions {there}.",
    ),
    "KIA0204": Entry(
        "mTLS settings of a non-local Destination Rule are overridden",
        ConfigWords(
            "The rule says nothing of TLS, and takes the place of {others}, which turns mutual TLS on"
            " for {host}.",
            "A narrower rule replaces a wider one as a whole: where automatic mutual TLS is off, "
            "clients send plain text.",
            "Repeat the TLS settings of the wider rule here.",
        ),
    ),
    "KIA0209": Entry(
        "This subset has not labels",
        ConfigWords(
            "The subset {subset} has no labels.",
            "Requests that a route sends to it reach every version of the host, not the one that is meant.",
            "Give it the labels of that version, such as `version: v2`.",
        ),
    ),
    "KIA0301": Entry(
        "More than one Gateway for the same host port combination",
        ConfigWords(
            "The host {host} at port {port} of the same proxies is claimed by {others}, too.",
            "Which of their settings hold, of TLS for instance, depends on the order in which they are read.",
            "Put the host into one Gateway, or make the hosts differ.",
        ),
    ),
    "KIA0302": Entry(
        "No matching workload found for gateway selector in this namespace",
        ConfigWords(
            "No workload carries the labels {labels}.",
            "No proxy takes the Gateway: nothing comes in by it, and the routes of VirtualServices at it do "
            "not hold anywhere.",
            "Compare the selector with the labels of the gateway's pods, and correct it; if there are none, "
            "install the gateway.",
        ),
    ),
    "KIA0601": Entry(
        "Port name must follow <protocol>[-suffix] form",
        ConfigWords(
            "The port is called {name}, from which Istio cannot tell its protocol.",
            "The sidecar guesses from the first bytes, and treats what it cannot guess as TCP: no "
            "routes, no retries, no HTTP telemetry.",
            "Begin the name with the protocol (`http-{name}`), or set `appProtocol`.",
        ),
    ),
    "KIA0602": Entry(
        "Port appProtocol must follow <protocol> form",
        ConfigWords(
            "{protocol} is no protocol that Istio knows.",
            "The sidecar passes over it and guesses: what it cannot guess is TCP.",
            "Write one of {there}.",
        ),
    ),
    "KIA0701": Entry(
        "Deployment exposing same port as Service not found",
        ConfigWords(
            "Port {port} is declared by no container of {workloads}.",
            "A port that is named is answered by nobody; one with a number works if the container "
            "listens all the same.",
            "Correct `targetPort`, or declare the port in the container.",
        ),
    ),
    "KIA1004": Entry(
        "This host has no matching entry in the service registry",
        ConfigWords(
            "Nothing that may be imported is called {host}.",
            "The sidecar does not learn of the host: requests to it leave as to any unknown host, or are "
            "answered 502 where the outbound policy is `REGISTRY_ONLY`.",
            "Write `namespace/name` with the full name of a service or the host of a ServiceEntry.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA1006": Entry(
        "Global default sidecar should not have workloadSelector",
        ConfigWords(
            "The mesh's default Sidecar selects workloads.",
            "With a selector it holds for such workloads of its own namespace alone: the rest of the mesh "
            "has no default, and its sidecars import everything.",
            "Take the selector away, or move the Sidecar into the workloads' namespace.",
        ),
    ),
    "KIA1007": Entry(
        "OutboundTrafficPolicy with empty mode value is ambiguous due to an Istio limitation. "
        "This may indicate ALLOW_ANY or REGISTRY_ONLY. Inspect the value using other means.",
        ConfigWords(
            "The policy for unknown hosts has no mode.",
            "Whether requests to unknown hosts leave the mesh cannot be told from the object.",
            "Write the mode: `ALLOW_ANY` or `REGISTRY_ONLY`.",
        ),
    ),
    "KIA1101": Entry(
        "DestinationWeight on route doesn't have a valid service (host not found)",
        ConfigWords(
            "The route sends to {host}, which is neither a Service nor a ServiceEntry.",
            "Requests that take the route are answered 503, flag NC: there is no cluster of that name.",
            "Name a service that exists: short within the own namespace, else in full "
            "(name.namespace.svc.cluster.local). A host outside needs a ServiceEntry.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA1102": Entry(
        "VirtualService is pointing to a non-existent gateway",
        ConfigWords(
            "There is no Gateway {gateway}.",
            "The routes do not hold there: requests from outside are answered 404, flag NR.",
            "Create the Gateway, or name one that exists as namespace/name.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA1104": Entry(
        "The weight is assumed to be 100 because there is only one route destination",
        ConfigWords(
            "The only destination of the route has the weight {weight}.",
            "It gets all requests all the same; none is kept back.",
            "Leave the weight out, or name the destination of the rest.",
        ),
    ),
    "KIA1105": Entry(
        "This host subset combination is already referenced in another route destination",
        ConfigWords(
            "The route sends to {destination} twice, first at {first}.",
            "The two weights add up, and the share is not what either says.",
            "Put both weights into one destination; perhaps another subset was meant.",
        ),
    ),
    "KIA1106": Entry(
        "More than one Virtual Service for same host",
        ConfigWords(
            "The hosts {host} are claimed by {others}, too.",
            "Sidecars obey one VirtualService per host and pass over the rest; at gateways the order of the "
            "merged routes is undefined.",
            "Put all routes of a host into one VirtualService, or give each its own host or gateway.",
        ),
    ),
    "KIA1107": Entry(
        "Subset not found",
        ConfigWords(
            "No DestinationRule of {host} declares the subset {subset}.",
            "Requests that take the route are answered 503, flag NC: there is no cluster of that name.",
            "Declare the subset in a DestinationRule of the host, or name one that is declared.",
        ),
        close="{close} was probably meant.",
        there="Declared are {there}.",
    ),
    "KIA1108": Entry(
        "Preferred nomenclature: <gateway namespace>/<gateway name>",
        ConfigWords(
            "The gateway is named by a host name, {gateway}.",
            "Istio still reads it so, but does not document it any more.",
            "Write {better}.",
        ),
    ),
    "KIA1211": Entry(
        "More than one ServiceEntry for the same host and port",
        ConfigWords(
            "The host {host} is registered at the same port by {others}, too.",
            "Istio mixes the endpoints and settings of both, or passes over one: requests may go to "
            "addresses that only the other one names.",
            "Keep one of them, or limit them to different namespaces by exportTo.",
        ),
    ),
    "KIA1212": Entry(
        "ServiceEntries have conflicting protocols for the same host and port",
        ConfigWords(
            "Port {port} of {host} has the protocol {protocol} here, and {other}.",
            "Sidecars treat the port by one of the two, and requests of the other fail or go unseen.",
            "Write the protocol that the host speaks in both, or keep one ServiceEntry of the two.",
        ),
    ),
}
"""By code; the titles are those of Kiali's documentation."""
