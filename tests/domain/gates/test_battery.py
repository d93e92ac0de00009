from checkin.domain.gates.battery import Battery, low_percent


def test_a_battery_under_a_fifth_is_low_unless_it_charges():
    told = [low_percent(19, is_charging=False), low_percent(20, is_charging=False)]
    told += [low_percent(0, is_charging=False), low_percent(19, is_charging=True)]

    assert told == [19, None, 0, None]
    assert low_percent(None, is_charging=False) is None
    batteries = [Battery(19, is_charging=False), Battery(19, is_charging=True)]
    assert [battery.low_percent for battery in batteries] == [19, None]
