"""FastAPI with ONNX Runtime, as its documentation shows a model: loaded in the lifespan, a plain function as endpoint."""

from contextlib import asynccontextmanager

from embedder import Embedder
from fastapi import FastAPI
from pydantic import BaseModel

models = {}


@asynccontextmanager
async def lifespan(app: FastAPI):
    models["embed"] = Embedder()
    yield
    models.clear()


class Input(BaseModel):
    content: str


class Request(BaseModel):
    inputs: Input


class Response(BaseModel):
    outputs: str


app = FastAPI(lifespan=lifespan)


@app.post("/v1/model/embed/predict")
def predict(request: Request) -> Response:
    return Response(outputs=models["embed"].embed([request.inputs.content])[0])
