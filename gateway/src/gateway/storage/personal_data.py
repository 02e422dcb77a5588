"""What the gateway keeps of companies and people: of a mail what it was about, never a name or an address."""

from chassis.db.personal_data import Holding, PersonalData

PERSONAL_DATA = PersonalData(
    (
        Holding("advances", plain="state reason"),
        Holding(
            "deliveries",
            of_company="company_id = :company_id",
            of_person="facts->>'user_id' = cast(cast(:person_id as uuid) as text)",
            plain="state template reason",
            erase={"facts": "case when state = 'pending' then facts else '{}'::jsonb end"},
            erase_of_person={"facts": "case when state = 'pending' then facts else '{}'::jsonb end"},
        ),
    )
)
