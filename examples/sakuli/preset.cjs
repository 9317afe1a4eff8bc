"use strict";
// Sakuli loads presets with require(); the forwarder itself is an ES module, which is loaded when it is needed.

class LazyForwarder {
  #loading;

  async setup(project, logger) {
    this.#loading = import("./forwarder.mjs").then(({ Forwarder }) => new Forwarder());
    await (await this.#loading).setup(project, logger);
  }

  async forward(context, project) {
    await (await this.#loading).forward(context, project);
  }

  async tearDown() {
    await (await this.#loading)?.tearDown();
  }
}

module.exports = (registry) => registry.registerForwarder(new LazyForwarder());
