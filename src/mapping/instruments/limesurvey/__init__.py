"""LimeSurvey: the questionnaire it is given, and the files it gives back."""

from mapping.instruments.limesurvey.exports import is_beside_limesurvey, read_limesurvey
from mapping.instruments.limesurvey.questionnaire import (
    Questionnaire,
    differences,
    is_questionnaire,
    questionnaire_of,
    read_questionnaire,
)
from mapping.instruments.limesurvey.r_pair import is_r_syntax, read_r_pair
from mapping.instruments.limesurvey.responses import is_limesurvey
from mapping.instruments.limesurvey.structure import questions, survey_structure
from mapping.instruments.limesurvey.survey_archive import is_lsa, read_lsa
from mapping.instruments.limesurvey.vv import is_vv, read_vv

__all__ = [
    "Questionnaire",
    "differences",
    "is_beside_limesurvey",
    "is_limesurvey",
    "is_lsa",
    "is_questionnaire",
    "is_r_syntax",
    "is_vv",
    "questionnaire_of",
    "questions",
    "read_limesurvey",
    "read_lsa",
    "read_questionnaire",
    "read_r_pair",
    "read_vv",
    "survey_structure",
]
