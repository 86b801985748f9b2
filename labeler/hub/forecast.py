"""What `LeRobotDataset(repo_id)` would do to a folder, in each generation of LeRobot.

Measured with LeRobot's source of February 2025 (v2.0), 0.3.3, 0.4.4 and 0.6.1 and a Hub that holds
another version of the same dataset: lerobot_dataset.py of 0.3.3 and 0.4.4, dataset_metadata.py and
dataset_reader.py of 0.6.1, and `snapshot_download` of huggingface_hub, which replaces every local
file that differs from the Hub's.
"""

from dataclasses import dataclass

from labeler.labels.wording import plural

V20, V21, V30 = "v2.0", "v2.1", "v3.0"


@dataclass(frozen=True)
class Situation:
    """A folder beside a dataset on the Hub.

    version: format of the folder
    there: format on the Hub; empty where the Hub has no such dataset
    at_home: whether the folder is where LeRobot looks without a `root`
    complete: whether LeRobot misses nothing in the folder
    downloaded: whether the Hub's tools left `.cache/huggingface` in the folder
    differing: files that are others on the Hub, or only there
    episodes, episodes_there: how many there are
    """

    version: str
    there: str
    at_home: bool
    complete: bool
    downloaded: bool
    differing: int
    episodes: int
    episodes_there: int


@dataclass(frozen=True)
class Forecast:
    """What one generation would do; `harm` if files of the folder are replaced."""

    generation: str
    sentence: str
    harm: bool = False


def forecast(now: Situation) -> tuple[Forecast, ...]:
    """One sentence for each generation of LeRobot, oldest first."""
    return (_source_v20(now), _release_03(now), _release_04(now), _release_05(now))


def _source_v20(now: Situation) -> Forecast:
    name = "LeRobot from source, before March 2025 (v2.0)"
    if not now.there:
        return Forecast(name, "finds nothing on the Hub and stops.")
    if not now.at_home:
        return Forecast(name, _elsewhere(now, "downloads on every load"))
    return _forecast_replacement(
        name, now, "on every load, complete or not, unless local_files_only=True"
    )


def _release_03(now: Situation) -> Forecast:
    name = "LeRobot 0.3"
    if now.version == V30:
        if now.there and now.at_home and now.there != V30:
            return _forecast_replacement(
                name, now, "since it does not know v3.0 and takes the Hub's for it"
            )
        return Forecast(name, "does not read v3.0.")
    return _forecast_sync(name, now)


def _release_04(now: Situation) -> Forecast:
    name = "LeRobot 0.4"
    return _forecast_sync(name, now) if now.version == V30 else Forecast(name, _TOO_OLD)


def _release_05(now: Situation) -> Forecast:
    name = "LeRobot 0.5 and newer"
    if now.version != V30:
        return Forecast(name, _TOO_OLD)
    if now.at_home and now.downloaded and now.there:
        return Forecast(
            name,
            "ignores this folder, since it holds .cache/huggingface, and loads the Hub's version "
            f"with {plural(now.episodes_there, 'episode')}. Labels made here are not seen.",
        )
    return _forecast_sync(name, now)


def _forecast_sync(name: str, now: Situation) -> Forecast:
    """Readers that ask the Hub only for what they miss."""
    if not now.at_home:
        return Forecast(name, _elsewhere(now, "downloads what is missing there"))
    if now.complete:
        return Forecast(name, "reads this folder and asks the Hub nothing.")
    if not now.there:
        return Forecast(name, "misses files here, finds nothing on the Hub, and stops.")
    return _forecast_replacement(name, now, "since files are missing or counts disagree")


def _forecast_replacement(name: str, now: Situation, when: str) -> Forecast:
    if not now.differing:
        return Forecast(name, "asks the Hub, which holds the same files; nothing changes.")
    return Forecast(
        name,
        f"replaces or adds {plural(now.differing, 'file')} here with "
        f"those of the Hub, {when}: {plural(now.episodes, 'episode')} "
        f"{'becomes' if now.episodes == 1 else 'become'} {plural(now.episodes_there, 'episode')}.",
        harm=True,
    )


def _elsewhere(now: Situation, what: str) -> str:
    if not now.there:
        return "does not look here without root=, and finds nothing on the Hub."
    return f"does not look here without root=; it {what} from the Hub into its own folder."


_TOO_OLD = "refuses this format and changes nothing; LeRobot's converter makes v3.0 of it."
