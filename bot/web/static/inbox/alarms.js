// @ts-check
/* Sound and desktop notifications, for agents who have chosen them. */

/** @type {AudioContext | null} */
let audio = null;

export function beep() {
  try {
    audio ??= new AudioContext();
    const now = audio.currentTime;
    for (const [at, pitch] of [
      [0, 660],
      [0.12, 880],
    ]) {
      const tone = audio.createOscillator(),
        loudness = audio.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.06, now + at);
      loudness.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.18);
      tone.connect(loudness).connect(audio.destination);
      tone.start(now + at);
      tone.stop(now + at + 0.2);
    }
  } catch {
    audio = null; // no sound before somebody has touched the page
  }
}

/** @param {number} id @param {string} name */
export function show(id, name) {
  // without the text: a screen may be shared
  const notice = new Notification(name, { body: "New message", tag: `conversation-${id}` });
  notice.onclick = () => {
    window.focus();
    /** @type {HTMLElement | null} */ (document.querySelector(`#c${id} a`))?.click();
    notice.close();
  };
}
