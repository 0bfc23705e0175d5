"""LimeSurvey: the questionnaire it is given, and the files it gives back."""

from mapping.instruments.limesurvey.structure import questions, survey_structure

__all__ = ["questions", "survey_structure"]
