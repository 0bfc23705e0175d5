"""LimeSurvey: the questionnaire it is given, and the files it gives back."""

from mapping.instruments.limesurvey.questionnaire import (
    Questionnaire,
    differences,
    is_questionnaire,
    questionnaire_of,
    read_questionnaire,
)
from mapping.instruments.limesurvey.responses import is_limesurvey, read_limesurvey
from mapping.instruments.limesurvey.structure import questions, survey_structure

__all__ = [
    "Questionnaire",
    "differences",
    "is_limesurvey",
    "is_questionnaire",
    "questionnaire_of",
    "questions",
    "read_limesurvey",
    "read_questionnaire",
    "survey_structure",
]
