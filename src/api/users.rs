//! Users: listing, update, deletion.

use serde_json::{Map, Value, json};

use super::client::{Result, empty_list, found, paged};
use super::document::Json;
use super::json::{guid, member, members, optional, page_from, text, truth, variant, words};
use super::session::ApiRequest;
use super::user_texts::TextPieces;
use super::{Client, GroupLists, Page, ToldTime, User, UserKind, UserTexts, UserUpdate};
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};

const READ: &str = "PM.User.Read";
pub(super) const WRITE: &str = "PM.User.Write";

/// The kinds of account, in the order of their numbers: the service sends a name or a number.
const TYPES: [&str; 6] = [
    "user",
    "robot",
    "directoryUser",
    "directoryGroup",
    "robotAccount",
    "application",
];

/// Where an account comes from, in the order of the numbers.
const CATEGORIES: [&str; 3] = ["local", "linkedLocal", "directory"];

impl Client {
    /// One page of the user listing (`GET /api/User/users/{organization}`), sorted by id;
    /// `search` is the server's own "contains" search.
    pub async fn users(&self, skip: u64, top: u32, search: Option<&str>) -> Result<Page<User>> {
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "User", "users", &organization]);
        let mut url = paged(url, skip, top);
        // Unsorted pages skip some users and repeat others.
        let asked = [("sortBy", "Id"), ("sortOrder", "asc")].into_iter();
        let asked = asked.chain(search.map(|search| ("searchTerm", search)));
        url.query_pairs_mut().extend_pairs(asked);
        let request = ApiRequest::new(Method::Get, Service::Identity, url).needs(READ);
        let reply = self.session.call(request).await?;
        reply.read("a listing of users", |value| {
            let mut common = InCommon::default();
            let mut page = page_from(skip, value, |entry| user(entry, &mut common))?;
            common.texts.share(page.items.iter_mut().map(|user| &mut user.texts));
            Some(page)
        })
    }

    /// One user, `None` if there is none of this id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        let request = ApiRequest::new(Method::Get, Service::Identity, self.user_url(id)).needs(READ);
        let read = |value: Json<'_>| {
            let mut common = InCommon::default();
            let mut found = optional(value, |value| user(value, &mut common))?;
            common.texts.share(found.iter_mut().map(|user| &mut user.texts));
            Some(found)
        };
        let outcome = self.session.call(request).await;
        found(outcome.and_then(|reply| reply.read("a user", read)))
    }

    /// Partial update of one user; may be repeated.
    pub async fn update_user(&self, id: UserId, update: &UserUpdate) -> Result<()> {
        let mut request = ApiRequest::new(Method::Put, Service::Identity, self.user_url(id))
            .needs(WRITE)
            .json(update);
        if let Some(password) = &update.password {
            request = request.hides(password.0.clone());
        }
        Ok(self.session.call(request).await?.with(()))
    }

    /// Deletes these users in one call; never sent with an empty list.
    pub async fn delete_users(&self, ids: &[UserId]) -> Result<()> {
        if ids.is_empty() {
            return Err(empty_list(Method::Delete, Service::Identity));
        }
        let request = ApiRequest::new(Method::Delete, Service::Identity, self.identity_url(&["api", "User"]))
            .needs(WRITE)
            .entries(ids.len())
            .json(&json!({
                "partitionGlobalId": self.organization_id,
                "userIds": ids,
            }));
        Ok(self.session.call(request).await?.with(()))
    }

    /// Deletes one user by its own route.
    pub async fn delete_user(&self, id: UserId) -> Result<()> {
        let request = ApiRequest::new(Method::Delete, Service::Identity, self.user_url(id)).needs(WRITE);
        Ok(self.session.call(request).await?.with(()))
    }
}

/// Sets a member if there is a value.
pub(super) fn insert(body: &mut Map<String, Value>, name: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), json!(value));
    }
}

/// The kind that a group's member states.
pub(super) fn kind_of(value: Json<'_>) -> UserKind {
    let number = member(value, &["type"]).and_then(|kind| variant(kind, &TYPES));
    number.map_or_else(|| kind_in_directory(value), |number| kind(Some(number)))
}

/// The kind that an entry of the directory states in its `objectType`; its `type` counts otherwise (`uipath-api`, 5.3).
pub(super) fn kind_in_directory(value: Json<'_>) -> UserKind {
    let object = text(value, &["objectType"]).to_ascii_lowercase();
    match object.as_str() {
        object if object.contains("robot") => UserKind::RobotAccount,
        object if object.contains("application") => UserKind::Application,
        object if object.contains("group") => UserKind::DirectoryGroup,
        _ => UserKind::Person,
    }
}

fn kind(number: Option<usize>) -> UserKind {
    match number {
        Some(1) => UserKind::Robot,
        Some(3) => UserKind::DirectoryGroup,
        Some(4) => UserKind::RobotAccount,
        Some(5) => UserKind::Application,
        _ => UserKind::Person,
    }
}

/// What the users of one answer share.
#[derive(Debug, Default)]
struct InCommon {
    groups: GroupLists,
    texts: TextPieces,
}

fn user(value: Json<'_>, common: &mut InCommon) -> Option<User> {
    let [
        id,
        user_name,
        email,
        name,
        surname,
        display_name,
        is_active,
        kind_number,
        category,
        invitation_accepted,
        bypass_basic_auth,
        groups,
        created,
        last_login,
    ] = members(
        value,
        [
            "id",
            "userName",
            "email",
            "name",
            "surname",
            "displayName",
            "isActive",
            "type",
            "category",
            "invitationAccepted",
            "bypassBasicAuthRestriction",
            "groupIDs",
            "creationTime",
            "lastLoginTime",
        ],
    );
    let id = UserId(id.and_then(guid)?);
    let number = kind_number.and_then(|kind| variant(kind, &TYPES));
    let category = category.and_then(|category| variant(category, &CATEGORIES));
    let [user_name, email, name, surname, display_name] =
        [user_name, email, name, surname, display_name].map(|member| member.map(words).unwrap_or_default());
    let texts = UserTexts {
        user_name: &user_name,
        email: &email,
        name: &name,
        surname: &surname,
        display_name: &display_name,
    };
    let told = groups.filter(|groups| !groups.is_null());
    let entries = || told.into_iter().flat_map(Json::entries);
    // Whoever is missing a group counts as no member of it, so an entry must not get lost.
    let tells_groups = told.is_some() && entries().all(|entry| guid(entry).is_some());
    Some(User {
        id,
        texts: common.texts.add(texts),
        is_active: is_active.and_then(truth).unwrap_or(true),
        invitation_accepted: invitation_accepted.and_then(truth).unwrap_or(false),
        bypass_basic_auth: bypass_basic_auth.and_then(truth).unwrap_or(false),
        groups: common.groups.of(entries().filter_map(guid).map(GroupId)),
        tells_groups,
        from_directory: category == Some(2) || matches!(number, Some(2 | 3)),
        kind: kind(number),
        last_login: ToldTime::said(last_login),
        created: ToldTime::said(created),
    })
}
