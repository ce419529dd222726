-- person, handle, interaction, thread: the conversation memory.
CREATE TABLE perch.person (
  channel text NOT NULL,
  id      text NOT NULL,
  handle  text NOT NULL,
  name    text NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (channel, id)
);
CREATE TABLE perch.handle (
  channel text NOT NULL,
  handle  text NOT NULL,
  person  text NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX handle_name ON perch.handle (channel, lower(handle COLLATE "C"));
CREATE INDEX handle_person ON perch.handle (channel, person);
CREATE TABLE perch.interaction (
  channel text NOT NULL,
  id      text NOT NULL,
  person  text NOT NULL,
  thread  text NOT NULL,
  direct  boolean NOT NULL,
  public  boolean NOT NULL,
  PRIMARY KEY (channel, id)
);
CREATE TABLE perch.thread (
  channel text NOT NULL,
  id      text NOT NULL,
  person  text NOT NULL,
  PRIMARY KEY (channel, id)
);

-- echo: what X reported as sent by the account itself; settles lost answers.
CREATE TABLE perch.echo (
  channel   text NOT NULL,
  x_id      text NOT NULL,
  peer      text NOT NULL,
  thread    text NOT NULL,
  text      text NOT NULL,
  has_media boolean NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (channel, x_id)
);
CREATE INDEX echo_at ON perch.echo (channel, at);

-- way: in which private way ("dm" or "chat") a person has written last, and when.
CREATE TABLE perch.way (
  channel text NOT NULL,
  person  text NOT NULL,
  kind    text NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (channel, person)
);

-- chat_key: the keys of encrypted conversations, all versions, each wrapped to the account's own keys, which are not here.
CREATE TABLE perch.chat_key (
  channel      text NOT NULL,
  conversation text NOT NULL,
  version      text NOT NULL,
  owner        text NOT NULL,          -- fingerprint of the keys that it is wrapped to
  wrapped      text NOT NULL,
  verified     boolean NOT NULL,
  PRIMARY KEY (channel, conversation, version, owner)
);

-- chat_place: how far each encrypted conversation was read.
CREATE TABLE perch.chat_place (
  channel      text NOT NULL,
  conversation text NOT NULL,
  sequence     text COLLATE "C" NOT NULL,
  token        text NOT NULL,
  updated_at   timestamptz,
  PRIMARY KEY (channel, conversation)
);
