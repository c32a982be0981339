// Continues when every service has been told (a window loads after its frames), or after three seconds.
// Without JavaScript the Refresh header does it.
function goOn() {
  location.replace(document.getElementById("onward").href);
}

addEventListener("load", goOn);
setTimeout(goOn, 3000);
