import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/console/',
  plugins: [
    vue(),
    // Only the Element Plus components that a page names, and their styles, are shipped with it.
    Components({ dirs: [], resolvers: [ElementPlusResolver({ importStyle: 'css' })], dts: 'components.d.ts' }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: process.env.CONSOLE_OUT ?? '../hotline/web/built',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the page's content security policy allows only files of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/api': { target: process.env.HOTLINE_SITE ?? 'http://127.0.0.1:8012', ws: true } } },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
