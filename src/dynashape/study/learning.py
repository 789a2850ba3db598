"""The same analyses along learning: of the networks as they were after each update in `training.snapshots`.

Trials, noise and untrained networks are the final networks' own, so that updates differ in the weights alone. A network
that was done before an update keeps its final weights there.
"""

from __future__ import annotations

from dynashape.study.plan import Plan, WorkUnit, fit_params, make_plan, make_unit, plan_analysis, record_unit
from dynashape.study.spec import StudySpec

# What is computed of each snapshot; recording is part of fitting.
STEPS = ("fit", "align", "compare", "conclude")
# No analysis compares these, and without them a quarter of the alignments is spared.
UNNEEDED = ("untrained", "noise")


def plan_with_learning(spec: StudySpec) -> Plan:
    """The plan of a study, followed by a stage `learning STEP` for each step of all its snapshots together.

    Without snapshots it is the plan of the study.
    """
    plan = make_plan(spec)
    snapshots = plan_snapshots(plan)
    if not snapshots:
        return plan
    along = {f"learning {step}": tuple(u for own in snapshots.values() for u in own.stages[step]) for step in STEPS}
    return Plan(spec, {**plan.stages, **along})


def plan_snapshots(plan: Plan) -> dict[int, Plan]:
    """For each update in `training.snapshots` of a study's plan, the units from its networks to its conclusions.

    >>> from dynashape.study.load import load_spec
    >>> plans = plan_snapshots(make_plan(load_spec("smoke", ["training.snapshots=[5]"])))
    >>> plans[5].stages["compare"][0].name
    'V-RNN fixation at update 5'
    """
    return {update: _plan_snapshot(plan, update) for update in sorted(set(plan.spec.training.snapshots))}


def _plan_snapshot(plan: Plan, update: int) -> Plan:
    fit = tuple(_fit_unit(plan.spec, unit, update) for unit in plan.stages["train"])
    # Untrained operators come from the study's own units, the others from the snapshot's, which are later.
    analysis = plan_analysis(plan.spec, (*plan.stages["fit"], *fit), f" at update {update}", UNNEEDED)
    return Plan(plan.spec, {"fit": fit, **analysis})


def _fit_unit(spec: StudySpec, train: WorkUnit, update: int) -> WorkUnit:
    """Record and reduce in one unit, which reads the weights."""
    record = record_unit(spec, train, update)
    # The key of the recording stands for its version.
    params = fit_params(spec, record) | {"record": {**record.params, "key": record.key}}
    return make_unit("fit", record.name, params, [train])
