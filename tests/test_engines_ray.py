"""Verdicts by Ray: those of one process, whoever is lost. `make ray` runs them with the extra."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from test_engines import TOKENS, doubled, filtered, mixed, one_by_one, written, wrong

from selfinstruct.engines import Cores
from selfinstruct.errors import SettingsError
from selfinstruct.filters import screening
from selfinstruct.novelty.blocks import Blocks
from selfinstruct.novelty.scoring import Bar

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("default"),  # Ray's own are Ray's
]
ray = pytest.importorskip("ray", reason="the extra ray is not installed")
STORE = 100 * 2**20  # bytes that a node may hold


@pytest.fixture
def machine():
    """Ray on this machine, for two workers."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    quiet = {"log_to_driver": False, "include_dashboard": False}
    ray.init("local", num_cpus=2, object_store_memory=STORE, runtime_env=env(), **quiet)
    yield
    ray.shutdown()


def env():
    """What workers need to find the functions of these tests."""
    return {"env_vars": {"PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "7"}}


def ends_once(path):
    if not Path(path).exists():
        Path(path).touch()
        os._exit(1)
    return path


@pytest.mark.usefixtures("machine")
def test_calls_come_back_in_order_and_are_made_again_where_a_worker_is_lost(tmp_path):
    with Cores(engine="ray").opened() as engine:
        assert engine.workers == 2
        assert list(engine.map(doubled, range(40))) == list(range(0, 80, 2))
        names = [str(tmp_path / str(number)) for number in range(3)]
        assert list(engine.map(ends_once, names)) == names
        with pytest.raises(SettingsError, match="three"):
            list(engine.map(wrong, range(9)))


@pytest.mark.usefixtures("machine")
def test_ray_keeps_and_refuses_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(screening, "BLOCK", 700)
    source = written(tmp_path / "in.jsonl", mixed(3000))
    expected, _ = filtered(tmp_path / "1", source)
    found, _ = filtered(tmp_path / "2", source, cores=Cores(engine="ray"))
    assert found == expected


@pytest.mark.usefixtures("machine")
def test_workers_that_are_killed_while_they_search_change_nothing():
    texts = mixed(4000)
    stopped = threading.Event()
    killed = []

    def kill():
        while not stopped.wait(0.7) and len(killed) < 3:
            at_work = (one for one in Path("/proc").glob("[0-9]*") if "::searched" in _name(one))
            if (found := next(at_work, None)) is not None:
                os.kill(int(found.name), signal.SIGKILL)
                killed.append(found)

    killer = threading.Thread(target=kill)
    with Cores(engine="ray").opened() as engine:
        blocks = Blocks(engine, Bar(0.7))
        killer.start()
        found = []
        for first in range(0, len(texts), 800):
            found += blocks.judge(map(TOKENS.tokenize, texts[first : first + 800]))
    stopped.set()
    killer.join()
    assert found == one_by_one(texts, Bar(0.7))
    assert killed, "nobody was at work"


def _name(process):
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_a_cluster_that_loses_a_node_says_the_same():
    from ray.cluster_utils import Cluster

    os.environ["RAY_raylet_start_wait_time_s"] = "120"  # noqa: SIM112 - Ray spells it so
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster()
    more = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
    try:
        cluster.add_node(**more)
        other = cluster.add_node(num_cpus=1, object_store_memory=STORE)
        ray.init(cluster.address, runtime_env=env(), log_to_driver=False)
        texts = mixed(2000)
        with Cores(engine="ray").opened() as engine:
            assert engine.workers == 2
            blocks = Blocks(engine, Bar(0.7))
            found = blocks.judge(map(TOKENS.tokenize, texts[:300]))
            for first in range(300, len(texts), 300):
                if first == 900:
                    cluster.remove_node(other, allow_graceful=False)
                found += blocks.judge(map(TOKENS.tokenize, texts[first : first + 300]))
        assert found == one_by_one(texts, Bar(0.7))
    finally:
        ray.shutdown()
        cluster.shutdown()


def test_no_cluster_is_one_sentence():
    said = r"No Ray cluster can be used at 127\.0\.0\.1:9 \(nobody answers there: "
    with (
        pytest.raises(SettingsError, match=said),
        Cores(engine="ray", address="127.0.0.1:9").opened(),
    ):
        pass


def test_a_signal_still_does_what_it_did():
    before = signal.getsignal(signal.SIGTERM)
    with Cores(1, "ray").opened():
        assert signal.getsignal(signal.SIGTERM) == before
