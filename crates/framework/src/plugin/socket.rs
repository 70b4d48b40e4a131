//! The unix socket: where it lies, who may use it, and that it goes away.

use std::env;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::net::UnixListener;

use super::environment::Environment;
use super::error::PluginError;

/// Where the socket goes when the temporary folder's path is too long for a socket's address.
const SHORT_FOLDER: &str = "/tmp";

/// A bound socket in a folder of its own. Dropping it removes both.
pub(crate) struct Socket {
    path: PathBuf,
    /// Only its owner may enter, so that nobody else can reach the socket between the moments when
    /// it is bound and when its mode is set.
    _folder: TempDir,
}

impl Socket {
    /// Binds a new socket and listens on it. Needs a tokio runtime.
    pub(crate) fn bind(environment: &Environment) -> Result<(Self, UnixListener), PluginError> {
        let folder = folder(environment)?;
        let fail = |source| PluginError::Socket { folder: folder.path().to_owned(), source };
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).map_err(fail)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(fail)?;
        if let Some(name) = &environment.socket_group {
            let group = group_number(name)?;
            share(folder.path(), &path, group).map_err(fail)?;
        }
        Ok((Self { path, _folder: folder }, listener))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// A new folder for the socket, whose path is short enough for an address.
fn folder(environment: &Environment) -> Result<TempDir, PluginError> {
    if let Some(chosen) = &environment.socket_folder {
        return folder_in(chosen);
    }
    match folder_in(&env::temp_dir()) {
        Err(PluginError::Socket { source, .. }) if source.kind() == io::ErrorKind::InvalidInput => {
            folder_in(Path::new(SHORT_FOLDER))
        }
        other => other,
    }
}

fn folder_in(parent: &Path) -> Result<TempDir, PluginError> {
    let fail = |source| PluginError::Socket { folder: parent.to_owned(), source };
    let folder = tempfile::Builder::new()
        .prefix("plugin")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .map_err(fail)?;
    // The limit is the operating system's: 108 bytes on Linux, 104 on macOS, with the closing zero.
    SocketAddr::from_pathname(folder.path().join("socket")).map_err(fail)?;
    Ok(folder)
}

/// Lets a group use the socket: enter the folder, connect, but not list or replace.
fn share(folder: &Path, socket: &Path, group: u32) -> io::Result<()> {
    chown(socket, None, Some(group))?;
    fs::set_permissions(socket, Permissions::from_mode(0o660))?;
    chown(folder, None, Some(group))?;
    fs::set_permissions(folder, Permissions::from_mode(0o710))
}

/// The number of a group that is given as a number or as a name of `/etc/group`.
fn group_number(name: &str) -> Result<u32, PluginError> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    find_group(&groups, name).ok_or_else(|| PluginError::UnknownGroup(name.to_owned()))
}

/// Lines of `/etc/group` are `name:password:number:members`.
fn find_group(groups: &str, name: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn in_folder(folder: &Path) -> Environment {
        Environment { socket_folder: Some(folder.to_owned()), ..Environment::default() }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("exists").mode() & 0o777
    }

    #[tokio::test]
    async fn socket_is_private_and_removed() {
        let parent = tempfile::tempdir().expect("a folder");
        let (socket, _listener) = Socket::bind(&in_folder(parent.path())).expect("binds");
        let path = socket.path().to_owned();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().expect("a folder")), 0o700);
        drop(socket);
        assert!(!path.exists());
        assert_eq!(fs::read_dir(parent.path()).expect("lists").count(), 0);
    }

    #[tokio::test]
    async fn group_may_use_the_socket_and_others_may_not() {
        let parent = tempfile::tempdir().expect("a folder");
        let own = fs::metadata(parent.path()).expect("exists").gid();
        let environment =
            Environment { socket_group: Some(own.to_string()), ..in_folder(parent.path()) };
        let (socket, _listener) = Socket::bind(&environment).expect("binds");
        assert_eq!(mode(socket.path()), 0o660);
        assert_eq!(mode(socket.path().parent().expect("a folder")), 0o710);
    }

    #[tokio::test]
    async fn chosen_folder_with_a_long_path_is_refused() {
        let parent = tempfile::tempdir().expect("a folder");
        let long = parent.path().join("x".repeat(108));
        fs::create_dir(&long).expect("creates");
        let refused = Socket::bind(&in_folder(&long)).map(|_| ()).expect_err("too long");
        assert!(
            refused.to_string().starts_with("Unable to listen on a unix socket in"),
            "{refused}"
        );
        assert_eq!(fs::read_dir(&long).expect("lists").count(), 0, "nothing is left behind");
    }

    #[tokio::test]
    async fn path_of_the_longest_allowed_length_works() {
        let parent = tempfile::tempdir_in(SHORT_FOLDER).expect("a folder");
        // A folder of ours adds a bar, "plugin", six random characters, and "/socket".
        let used = parent.path().as_os_str().len() + 1 + "/pluginXXXXXX/socket".len();
        let exact = parent.path().join("x".repeat(107 - used));
        fs::create_dir(&exact).expect("creates");
        if cfg!(target_os = "linux") {
            let (socket, _listener) = Socket::bind(&in_folder(&exact)).expect("binds");
            assert_eq!(socket.path().as_os_str().len(), 107);
        }
    }

    #[test]
    fn groups_are_found_by_number_and_name() {
        let groups = "root:x:0:\nstaff:x:50:ann,ben\nbroken\nodd:x:many:\n";
        assert_eq!(find_group(groups, "staff"), Some(50));
        assert_eq!(find_group(groups, "root"), Some(0));
        assert_eq!(find_group(groups, "broken"), None);
        assert_eq!(find_group(groups, "odd"), None);
        assert_eq!(find_group(groups, "sta"), None);
        assert_eq!(group_number("1234").expect("a number"), 1234);
        assert!(group_number("no such group, surely").is_err());
    }
}
