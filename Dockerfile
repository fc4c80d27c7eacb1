# The image of the web server, of the worker and of the sealer; one image, three commands.
FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL and the test browser stay out: a server has its own database.
RUN npm ci --omit=dev --omit=optional
COPY scripts/build-assets.mjs scripts/
COPY static static
COPY templates templates
RUN node scripts/build-assets.mjs

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 SEN_DATA_DIR=/app/data
RUN groupadd --gid 10001 sen && useradd --uid 10001 --gid sen --home-dir /app --no-create-home sen \
    && install --directory --owner sen --group sen /checkpoints
WORKDIR /app
COPY requirements/run.txt requirements/
RUN pip install --require-hashes -r requirements/run.txt
COPY . .
COPY --from=assets /build/static/built static/built
COPY --from=assets /build/reports/printing/fonts reports/printing/fonts
# Names for the settings to read while files are collected; nothing connects to them and none is kept.
RUN SEN_SECRET_KEY=unused SEN_ALLOWED_HOSTS=unused DATABASE_URL=postgres://unused@unused/unused \
    SEN_KEY_DIR=unused SEN_CHECKPOINTS=unused \
    python manage.py collectstatic --noinput --verbosity 0
USER sen
EXPOSE 8000
CMD ["gunicorn", "--config", "gunicorn.conf.py"]
