"""The English words of the rules for policies, mutual TLS, accounts and what selects workloads."""

from __future__ import annotations

from mesh_graph.views.check_words import ConfigWords, Entry

__all__ = ["SECURITY"]

SECURITY: dict[str, Entry] = {
    "KIA0002": Entry(
        "More than one selector-less object in the same namespace",
        ConfigWords(
            "Without a selector it is for all workloads of {namespace}, as is {others}.",
            "Istio obeys the oldest of them and passes over the rest: what those say does not hold.",
            "Keep one, and give the others a selector or take them away.",
        ),
    ),
    "KIA0003": Entry(
        "More than one object applied to the same workload",
        ConfigWords(
            "It applies to {workloads}, as does {others}.",
            "Istio obeys the oldest of them and passes over the rest: what those say does not hold.",
            "Let the selectors choose different workloads, or put everything into one object.",
        ),
    ),
    "KIA0004": Entry(
        "No matching workload found for the selector in this namespace",
        ConfigWords(
            "No workload in {namespace} carries the labels {labels}.",
            "It has no effect: the pods that it was written for run without it, unprotected if it was to "
            "protect them.",
            "Compare the selector with the labels of the pods (`kubectl get pods --show-labels`) and correct "
            "it; delete the object if the pods are gone for good.",
        ),
    ),
    "KIA0005": Entry(
        "No matching namespace found or namespace is not accessible",
        ConfigWords(
            "The object is exported to {namespace}, a namespace that does not exist.",
            "Nobody there obeys it; if that was the only namespace, nobody obeys it at all.",
            "Name a namespace that exists, `.` for the own one, or `*` for all.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA0101": Entry(
        "Namespace not found for this rule",
        ConfigWords(
            "The rule is for callers in {namespace}, and there is no such namespace.",
            "No caller fits the rule: an ALLOW policy lets nobody in by it, a DENY policy keeps nobody out.",
            "Name a namespace that exists.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA0102": Entry(
        "Only HTTP methods and Istio wildcards are allowed",
        ConfigWords(
            "{method} is no HTTP method, and no pattern of one.",
            "No request fits the rule: an ALLOW policy lets nothing in by it, a DENY policy keeps "
            "nothing out.",
            "Write a method in capitals (`GET`), or a pattern such as `P*`; gRPC requests are `POST`.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA0104": Entry(
        "This host has no matching entry in the service registry",
        ConfigWords(
            "Nothing of the mesh is called {host}.",
            "The rule compares the host header of requests, and none to a service of the mesh has this one: "
            "an ALLOW policy lets nothing in by it, a DENY policy keeps nothing out.",
            "Name the host as callers write it, or leave the host out.",
        ),
    ),
    "KIA0105": Entry(
        "This field requires mTLS to be enabled",
        ConfigWords(
            "The rule reads who calls from the certificate ({field}), and there is no mutual TLS "
            "here: {mode}.",
            "Without a certificate nothing is known of the caller, and the rule fits no request.",
            "Ask for mutual TLS with a PeerAuthentication (PERMISSIVE or STRICT), or compare "
            "something else, such as `ipBlocks`.",
        ),
    ),
    "KIA0106": Entry(
        "Service Account not found for this principal",
        ConfigWords(
            "There is no service account {principal}.",
            "No caller has that identity: an ALLOW policy lets nobody in by it, a DENY policy keeps "
            "nobody out.",
            "Write trust domain, namespace and account: `cluster.local/ns/NAMESPACE/sa/ACCOUNT`, "
            "without `spiffe://`.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA0107": Entry(
        "Service Account for this principal is on remote cluster",
        ConfigWords(
            "The service account {principal} is in another cluster only.",
            "That is right for callers from there, and a mistake if one of this cluster was meant.",
            "Leave it if callers come from the other cluster.",
        ),
    ),
    "KIA0108": Entry(
        "Unable to verify principal, trust domain is not known to Kiali",
        ConfigWords(
            "{principal} is of a trust domain that is not this mesh's.",
            "Whether such an account exists cannot be told from here. Unless the meshes trust each "
            "other, no caller has that identity.",
            "Correct the trust domain, or declare it in `trustDomainAliases` of the mesh's configuration.",
        ),
    ),
    "KIA0205": Entry(
        "PeerAuthentication enabling mTLS at mesh level is missing",
        ConfigWords(
            "Clients of the whole mesh use mutual TLS, and no PeerAuthentication of the mesh expects "
            "it (automatic mutual TLS is off).",
            "Servers without the policy answer plain text only: requests fail with 503, flag UF or UC.",
            "Create a PeerAuthentication without a selector in the root namespace, PERMISSIVE or STRICT.",
        ),
    ),
    "KIA0206": Entry(
        "PeerAuthentication enabling namespace-wide mTLS is missing",
        ConfigWords(
            "Clients of {namespace} use mutual TLS, and no PeerAuthentication there expects it "
            "(automatic mutual TLS is off).",
            "Servers without the policy answer plain text only: requests fail with 503, flag UF or UC.",
            "Create a PeerAuthentication without a selector in {namespace}, PERMISSIVE or STRICT.",
        ),
    ),
    "KIA0207": Entry(
        "PeerAuthentication with TLS strict mode found, it should be permissive",
        ConfigWords(
            "Clients of {namespace} are told to use plain text, and its servers refuse it: their "
            "PeerAuthentication is STRICT.",
            "Every request to the namespace fails: 503, flag UC.",
            "Take the mode DISABLE away, or make the PeerAuthentication PERMISSIVE.",
        ),
    ),
    "KIA0208": Entry(
        "PeerAuthentication enabling mTLS found, permissive mode needed",
        ConfigWords(
            "Clients are told to use plain text, and servers refuse it: the mesh's PeerAuthentication"
            " is STRICT.",
            "Every request that the rule is for fails: 503, flag UC.",
            "Take the mode DISABLE away, or make the PeerAuthentication PERMISSIVE.",
        ),
    ),
    "KIA0401": Entry(
        "Mesh-wide Destination Rule enabling mTLS is missing",
        ConfigWords(
            "The mesh's servers take mutual TLS only, and no DestinationRule tells clients to use it "
            "(automatic mutual TLS is off).",
            "Requests in plain text are refused: 503, flag UC.",
            "Create a DestinationRule for `*.local` with `tls: {{mode: ISTIO_MUTUAL}}`, or turn "
            "`enableAutoMtls` on.",
        ),
    ),
    "KIA0501": Entry(
        "Destination Rule enabling namespace-wide mTLS is missing",
        ConfigWords(
            "The servers of {namespace} take mutual TLS only, and no DestinationRule tells clients to"
            " use it (automatic mutual TLS is off).",
            "Requests in plain text are refused: 503, flag UC.",
            "Create a DestinationRule for `*.{namespace}.svc.cluster.local` with `tls: {{mode: "
            "ISTIO_MUTUAL}}`, or turn `enableAutoMtls` on.",
        ),
    ),
    "KIA0505": Entry(
        "Destination Rule disabling namespace-wide mTLS is missing",
        ConfigWords(
            "The servers of {namespace} take plain text only, and clients are told to use mutual TLS "
            "by {others}.",
            "Requests over mutual TLS fail: 503, flag UF or UC.",
            "Create a DestinationRule for `*.{namespace}.svc.cluster.local` with `tls: {{mode: "
            "DISABLE}}`, or take the mode DISABLE away here.",
        ),
    ),
    "KIA0506": Entry(
        "Destination Rule disabling mesh-wide mTLS is missing",
        ConfigWords(
            "The mesh's servers take plain text only, and clients are told to use mutual TLS by {others}.",
            "Requests over mutual TLS fail: 503, flag UF or UC.",
            "Take the mode DISABLE away here, or set the TLS mode to DISABLE in {others}.",
        ),
    ),
    "KIA1301": Entry(
        "This workload is not covered by any authorization policy",
        ConfigWords(
            "No AuthorizationPolicy is for the workload {workload}.",
            "Everybody who reaches it may call it.",
            "Create an AuthorizationPolicy that names its callers. One with `spec: {{}}` in {namespace} "
            "denies whatever no other policy allows: create it last.",
        ),
    ),
    "KIA1701": Entry(
        "Service Account not found in this namespace",
        ConfigWords(
            "There is no service account {account} in {namespace}.",
            "Workloads that join the group get no identity: their calls carry no principal that "
            "policies know.",
            "Create the account, or name one that exists.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA1702": Entry(
        "More than one Workload Group with duplicate labels found in the same namespace",
        ConfigWords(
            "The labels {labels} are those of {others}, too.",
            "Services and policies cannot tell the workloads of the groups apart.",
            "Give each group a label of its own.",
        ),
    ),
}
"""By code; the titles are those of Kiali's documentation."""
