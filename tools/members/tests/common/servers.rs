//! Servers on loopback that end with their test.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{World, skip, wait_for};

/// A server that ends with its test.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn listening(port: u16) {
    wait_for("a listening server", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
}

/// Everything in a world's folder by smart HTTP, below `/git`; `closed.git` for bob with the password `secret` only.
pub fn http(world: &World) -> Option<(Server, u16)> {
    let lighttpd = ["/usr/sbin/lighttpd", "/usr/bin/lighttpd"].into_iter().find(|path| fs::metadata(path).is_ok());
    let Some(lighttpd) = lighttpd else {
        skip("smart HTTP needs lighttpd");
        return None;
    };
    let port = free_port();
    let folder = world.path("").display().to_string();
    let backend = format!("{}/git-http-backend", world.sh("git --exec-path").trim());
    let config = format!(
        "server.document-root = \"{folder}\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n\
         server.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_setenv\", \"mod_alias\", \"mod_cgi\")\n\
         alias.url = (\"/git\" => \"{backend}\")\nauth.backend = \"plain\"\n\
         auth.backend.plain.userfile = \"{folder}/people\"\n\
         $HTTP[\"url\"] =~ \"^/git/closed.git\" {{ auth.require = (\"\" => (\"method\" => \"basic\", \
         \"realm\" => \"members\", \"require\" => \"valid-user\")) }}\n\
         $HTTP[\"url\"] =~ \"^/git\" {{\n cgi.assign = (\"\" => \"\")\n setenv.add-environment = \
         (\"GIT_PROJECT_ROOT\" => \"{folder}\", \"GIT_HTTP_EXPORT_ALL\" => \"1\")\n}}\n"
    );
    fs::write(world.path("lighttpd.conf"), config).unwrap();
    fs::write(world.path("people"), "bob:secret\n").unwrap();
    let file = world.path("lighttpd.conf");
    let log = fs::File::create(world.path("lighttpd.log")).unwrap();
    let child = Command::new(lighttpd).arg("-D").arg("-f").arg(file).stdout(Stdio::null()).stderr(log).spawn();
    let server = Server(child.unwrap());
    listening(port);
    Some((server, port))
}

/// A host that takes every connection, says this, and then a byte now and then for as long as anybody listens.
pub fn dripping(first: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut going = stream.write_all(first).is_ok();
                while going {
                    thread::sleep(Duration::from_millis(200));
                    going = first.is_empty() || stream.write_all(b"0").is_ok();
                }
            });
        }
    });
    port
}
