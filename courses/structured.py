# SPDX-License-Identifier: EUPL-1.2
"""Courses in the words of schema.org, for search engines. Nothing that the page itself does not show."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static

from base import clock
from courses.domain.queries import CoursePage
from courses.models import Course, Session
from courses.models.course import Format

_MODES = {Format.ONLINE: "online", Format.ON_SITE: "onsite", Format.HYBRID: "blended"}
_ATTENDANCE = {
    Format.ONLINE: "OnlineEventAttendanceMode",
    Format.ON_SITE: "OfflineEventAttendanceMode",
    Format.HYBRID: "MixedEventAttendanceMode",
}


def organisation_data() -> dict[str, Any]:
    """Who offers all this: the site, with its search."""
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": "TrainJeCollega",
        "url": f"{settings.BASE_URL}/",
        "logo": f"{settings.BASE_URL}{static('favicon.svg')}",
        "email": settings.CONTACT_EMAIL,
    }


def course_data(page: CoursePage) -> dict[str, Any] | None:
    """None for what is not on offer: drafts, what is archived, does not go on or is for who asked for it."""
    course = page.course
    if course.status != Course.Status.PUBLISHED:
        return None
    url = f"{settings.BASE_URL}{course.get_absolute_url()}"
    at = clock.now()
    dates = [page.chosen, *page.others] if page.chosen else page.others
    coming = sorted(
        (s for s in dates if s.starts_at > at and s.status == Session.Status.PLANNED),
        key=lambda session: session.starts_at,
    )
    on_offer = [session for session in coming if not session.is_for_guests(at)]
    if coming and not on_offer:
        return None
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": url,
        "url": url,
        "name": course.title,
        "description": course.promise or course.title,
        "inLanguage": course.language,
        "isAccessibleForFree": True,
        "offers": {"@type": "Offer", "category": "Free"},
        "provider": {"@type": "GovernmentOrganization", "name": course.organisation.name},
    }
    if course.theme:
        data["about"] = course.theme.name
    if course.goals:
        data["teaches"] = list(course.goals)
    if course.licence == Course.Licence.CC_BY:
        data["license"] = "https://creativecommons.org/licenses/by/4.0/"
    if on_offer:
        trainers = [{"@type": "Person", "name": row.person.name} for row in page.trainers]
        data["hasCourseInstance"] = [_instance(session, url, trainers) for session in on_offer]
    return data


def _instance(session: Session, url: str, trainers: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "@type": "CourseInstance",
        "url": f"{url}?moment={session.public_id}",
        "startDate": clock.local(session.starts_at).isoformat(),
        "endDate": clock.local(session.ends_at).isoformat(),
        "courseMode": _MODES[Format(session.format)],
        "eventAttendanceMode": f"https://schema.org/{_ATTENDANCE[Format(session.format)]}",
        "courseWorkload": f"PT{session.minutes}M",
        "maximumAttendeeCapacity": session.capacity,
        "remainingAttendeeCapacity": session.free,
        "location": _places(session, url),
        "instructor": trainers,
    }


def _places(session: Session, url: str) -> list[dict[str, Any]]:
    """The link of the meeting itself is only for who takes part."""
    places: list[dict[str, Any]] = []
    if session.is_on_site:
        place: dict[str, Any] = {"@type": "Place", "name": str(session.location or "")}
        if session.location and session.location.city:
            place["address"] = {
                "@type": "PostalAddress",
                "addressLocality": session.location.city,
                "addressCountry": "NL",
            }
        places.append(place)
    if session.is_online:
        places.append({"@type": "VirtualLocation", "url": url})
    return places
