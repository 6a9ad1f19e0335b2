// Very many edges as plain lines, drawn at once: where there are tens of thousands, the widths and
// smooth borders of single ones cost much and show nothing.

const VERTEX = `#version 300 es
in vec2 place;
in vec4 colour;
uniform mat3 matrix;
out vec4 ink;
void main() {
  gl_Position = vec4((matrix * vec3(place, 1.0)).xy, 0.0, 1.0);
  ink = vec4(colour.rgb * colour.a, colour.a);
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 ink;
out vec4 shown;
void main() { shown = ink; }`;

/** What a layer of the picture is told when it is drawn. */
interface Drawing {
  matrix: Float32Array;
}

function compiled(gl: WebGL2RenderingContext, kind: GLenum, text: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (!shader) throw new Error("the picture’s context is lost");
  gl.shaderSource(shader, text);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "no shader");
  return shader;
}

export class Lines {
  private readonly program: WebGLProgram;
  private readonly matrix: WebGLUniformLocation | null;
  private readonly vertices: WebGLVertexArrayObject | null;
  private readonly buffers: (WebGLBuffer | null)[];
  private n = 0;

  /**
   * `places` has two ends of two numbers for each line, in the coordinates of the drawing's matrix;
   * `colours` the four bytes of its colour twice.
   */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    places: Float32Array<ArrayBuffer>,
    colours: Uint8Array<ArrayBuffer>,
  ) {
    const program = gl.createProgram();
    gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, FRAGMENT));
    gl.linkProgram(program);
    this.program = program;
    this.matrix = gl.getUniformLocation(program, "matrix");
    this.vertices = gl.createVertexArray();
    gl.bindVertexArray(this.vertices);
    const filled = (data: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>): WebGLBuffer => {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
      return buffer;
    };
    const place = gl.getAttribLocation(program, "place");
    this.buffers = [filled(places)];
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
    const colour = gl.getAttribLocation(program, "colour");
    this.buffers.push(filled(colours));
    gl.enableVertexAttribArray(colour);
    gl.vertexAttribPointer(colour, 4, gl.UNSIGNED_BYTE, true, 0, 0);
    const index = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
    this.buffers.push(index);
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ARRAY_BUFFER, null);
  }

  /** Draws only these lines from now on. */
  show(which: readonly number[]): void {
    const ends = new Uint32Array(which.length * 2);
    which.forEach((line, at) => ends.set([line * 2, line * 2 + 1], at * 2));
    const { gl } = this;
    gl.bindVertexArray(this.vertices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, ends, gl.DYNAMIC_DRAW);
    gl.bindVertexArray(null);
    this.n = ends.length;
  }

  render({ matrix }: Drawing): void {
    if (this.n === 0) return;
    const { gl } = this;
    gl.enable(gl.BLEND);
    gl.useProgram(this.program);
    gl.uniformMatrix3fv(this.matrix, false, matrix);
    gl.bindVertexArray(this.vertices);
    gl.drawElements(gl.LINES, this.n, gl.UNSIGNED_INT, 0);
    gl.bindVertexArray(null);
  }

  kill(): void {
    const { gl } = this;
    for (const buffer of this.buffers) gl.deleteBuffer(buffer);
    gl.deleteVertexArray(this.vertices);
    gl.deleteProgram(this.program);
  }
}
