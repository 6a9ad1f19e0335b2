// Moving and zooming a picture that takes long to draw: what is drawn already is moved and stretched
// as it is, at the speed of the screen, and drawn anew when whoever moves it rests.

/** How a drawn picture is put on the screen: stretched, then moved by pixels. */
export interface Shift {
  scale: number;
  x: number;
  y: number;
}

const STILL: Shift = { scale: 1, x: 0, y: 0 };

/** First one, then the other. */
export function both(first: Shift, next: Shift): Shift {
  return {
    scale: first.scale * next.scale,
    x: first.x * next.scale + next.x,
    y: first.y * next.scale + next.y,
  };
}

/** What leads back. */
export function back(of: Shift): Shift {
  return { scale: 1 / of.scale, x: -of.x / of.scale, y: -of.y / of.scale };
}

/** Stretches about a place that stays where it is. */
export function about(x: number, y: number, scale: number): Shift {
  return { scale, x: x - x * scale, y: y - y * scale };
}

/** Milliseconds without a movement until the picture is drawn anew. */
const REST = 140;
/** Pixels within which a press is a click. */
const CLICK = 4;

export class Glide {
  private now = STILL;
  private asked: Shift | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private readonly fingers = new Map<number, { x: number; y: number }>();
  private far = 0;
  private readonly ends = new AbortController();

  /**
   * `outer` stays and listens, `inner` holds the picture; `draw` draws it as if it had been moved so,
   * after which `drawn` is to be called.
   */
  constructor(
    private readonly outer: HTMLElement,
    private readonly inner: HTMLElement,
    private readonly draw: (shift: Shift) => void,
  ) {
    inner.style.transformOrigin = "0 0";
    inner.style.willChange = "transform";
    outer.style.touchAction = "none";
    const { signal } = this.ends;
    outer.addEventListener("pointerdown", (event) => this.down(event), { signal });
    outer.addEventListener("pointermove", (event) => this.moved(event), { signal });
    for (const name of ["pointerup", "pointercancel"] as const) {
      outer.addEventListener(name, (event) => this.up(event), { signal });
    }
    outer.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
  }

  /** Moves the picture by so much more. */
  by(shift: Shift): void {
    this.now = both(this.now, shift);
    // What lies under the pointer is not looked for while everything moves.
    this.inner.style.pointerEvents = "none";
    this.frame ||= requestAnimationFrame(() => this.put());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), REST);
  }

  /** Stretches about the middle. */
  zoom(factor: number): void {
    const { width, height } = this.outer.getBoundingClientRect();
    this.by(about(width / 2, height / 2, factor));
  }

  /** The picture was drawn anew: what was asked for then is in it. */
  drawn(): void {
    if (!this.asked) return;
    this.now = both(back(this.asked), this.now);
    this.asked = undefined;
    this.put();
  }

  /** Where the picture stands is forgotten: it is drawn elsewhere. */
  forget(): void {
    clearTimeout(this.timer);
    [this.now, this.asked] = [STILL, undefined];
    this.put();
  }

  end(): void {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.ends.abort();
    this.inner.style.transform = "";
    this.inner.style.willChange = "";
    this.inner.style.pointerEvents = "";
  }

  private put(): void {
    this.frame = 0;
    const { scale, x, y } = this.now;
    const still = Math.abs(scale - 1) < 1e-9 && Math.abs(x) < 1e-6 && Math.abs(y) < 1e-6;
    if (still) this.inner.style.pointerEvents = "";
    this.inner.style.transform = still ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
  }

  private rest(): void {
    if (this.asked) return;
    if (this.fingers.size > 0) {
      // Held down and not moved: drawn when it is let go, so that it goes on at once.
      this.timer = setTimeout(() => this.rest(), REST);
      return;
    }
    this.asked = this.now;
    this.draw(this.now);
  }

  private place(event: MouseEvent): { x: number; y: number } {
    const box = this.outer.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.fingers.size === 0) this.far = 0;
    this.fingers.set(event.pointerId, this.place(event));
  }

  private moved(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const after = this.place(event);
    this.far += Math.hypot(after.x - before.x, after.y - before.y);
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other && this.far < CLICK) return;
    if (!this.outer.hasPointerCapture(event.pointerId)) this.outer.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, after);
    if (!other) {
      this.by({ scale: 1, x: after.x - before.x, y: after.y - before.y });
      return;
    }
    const apart = (place: { x: number; y: number }): number => Math.max(1, Math.hypot(place.x - other.x, place.y - other.y));
    const middle = { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 };
    this.by(
      both(about(middle.x, middle.y, apart(after) / apart(before)), {
        scale: 1,
        x: (after.x - before.x) / 2,
        y: (after.y - before.y) / 2,
      }),
    );
  }

  private up(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    if (this.far < CLICK) this.inner.style.pointerEvents = "";
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = this.place(event);
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    this.by(about(x, y, Math.exp(-Math.max(-240, Math.min(240, pixels)) / 400)));
  }
}
